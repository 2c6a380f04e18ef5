//! What the window asks of the graphics device.

use eframe::egui_wgpu::{WgpuConfiguration, WgpuSetup, WgpuSetupCreateNew};
use eframe::wgpu;
use std::sync::Arc;

/// Lets buffers that are drawn from be written where they lie.
pub(super) const WRITES_IN_PLACE: wgpu::Features = wgpu::Features::MAPPABLE_PRIMARY_BUFFERS;

/// egui's defaults, but that a device which is a processor may be written to in place: its memory is the program's own, and
/// wgpu would otherwise write everything twice.
#[must_use]
pub fn configuration() -> WgpuConfiguration {
    let setup = WgpuSetup::CreateNew(writing_in_place(WgpuSetupCreateNew::without_display_handle()));
    WgpuConfiguration { wgpu_setup: setup, ..WgpuConfiguration::default() }
}

/// `setup`, where a processor draws with [`WRITES_IN_PLACE`], if its backend can do it (Vulkan can, OpenGL cannot), and sparing
/// with memory.
pub(super) fn writing_in_place(mut setup: WgpuSetupCreateNew) -> WgpuSetupCreateNew {
    let plain = setup.device_descriptor;
    setup.device_descriptor = Arc::new(move |adapter| {
        let mut wanted = plain(adapter);
        if adapter.get_info().device_type == wgpu::DeviceType::Cpu {
            wanted.required_features |= adapter.features() & WRITES_IN_PLACE;
            // A card is asked for blocks of 128 and 256 MiB, of which a part lies idle. Here that is the memory of everybody.
            wanted.memory_hints = wgpu::MemoryHints::MemoryUsage;
        }
        wanted
    });
    setup
}
