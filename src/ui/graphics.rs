//! What the window asks of the graphics device, which is a processor where there is no card.

use eframe::egui_wgpu::{RenderState, WgpuConfiguration, WgpuSetup, WgpuSetupCreateNew};
use eframe::wgpu;
use std::sync::Arc;

/// Lets buffers that are drawn from be written where they lie.
pub(super) const WRITES_IN_PLACE: wgpu::Features = wgpu::Features::MAPPABLE_PRIMARY_BUFFERS;

/// egui's defaults, suited to a processor where one draws.
#[must_use]
pub fn configuration() -> WgpuConfiguration {
    let setup = WgpuSetup::CreateNew(suited_to_processors(WgpuSetupCreateNew::without_display_handle()));
    WgpuConfiguration { wgpu_setup: setup, ..WgpuConfiguration::default() }
}

/// Whether a processor draws the window, instead of a graphics card.
pub(super) fn is_cpu(state: &RenderState) -> bool {
    is_processor(&state.adapter)
}

fn is_processor(adapter: &wgpu::Adapter) -> bool {
    adapter.get_info().device_type == wgpu::DeviceType::Cpu
}

/// `setup`, where a processor draws with [`WRITES_IN_PLACE`], if its backend can do it (Vulkan can, OpenGL cannot), and sparing
/// with memory: that is the program's own, and wgpu would otherwise write everything twice.
pub(super) fn suited_to_processors(mut setup: WgpuSetupCreateNew) -> WgpuSetupCreateNew {
    let plain = setup.device_descriptor;
    setup.device_descriptor = Arc::new(move |adapter| {
        let mut wanted = plain(adapter);
        if is_processor(adapter) {
            wanted.required_features |= adapter.features() & WRITES_IN_PLACE;
            // A card is asked for blocks of 128 and 256 MiB, of which a part lies idle. Here that is the memory of everybody.
            wanted.memory_hints = wgpu::MemoryHints::MemoryUsage;
        }
        wanted
    });
    setup
}
