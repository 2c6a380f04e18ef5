//! labelwright: arguments, logging, and the window.

use clap::Parser as _;
use labelwright::cli::{Arguments, Command, export, import, init, inspect, manual, serve, status, sync};
use labelwright::runtime::{Opening, default_project_dir, read_settings, settings_dir};
use labelwright::ui::App;
use labelwright::ui::graphics;
use labelwright::ui::kept_frame::KeptFrame;
use labelwright::ui::settings::Settings;
use labelwright::ui::wheel::WheelAtOnce;
use std::process::ExitCode;

/// egui allocates and frees large vertex buffers every frame; the system's allocator gives them back each time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log_to_stderr();
    let outcome = match arguments.command {
        None => window(arguments.project.map_or_else(default_project_dir, Opening::Project)),
        Some(Command::Init(args)) => init::run(args),
        Some(Command::Serve(args)) => serve::run(args),
        Some(Command::Import(args)) => import::run(args),
        Some(Command::Export(args)) => export::run(args),
        Some(Command::Validate(args)) => inspect::validate(&args),
        Some(Command::Stats(args)) => inspect::stats(&args),
        Some(Command::Render(args)) => inspect::render(&args),
        Some(Command::Completions(args)) => manual::completions(&args),
        Some(Command::Man(args)) => manual::man(args),
        Some(Command::Status(args)) => status::run(&args),
        Some(Command::Pull(args)) => sync::pull(&args),
        Some(Command::Push(args)) => sync::push(&args),
    };
    outcome.unwrap_or_else(|error| {
        tracing::error!("{error:#}");
        ExitCode::FAILURE
    })
}

/// Warnings by default; `LABELWRIGHT_LOG=labelwright=debug` says more. Keys are never logged.
fn log_to_stderr() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("LABELWRIGHT_LOG")
        .unwrap_or_else(|_unset| tracing_subscriber::EnvFilter::new("labelwright=info,warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).init();
}

fn window(opening: Opening) -> anyhow::Result<ExitCode> {
    let found = read_settings(&settings_dir());
    let place = Settings::from_values(&found.values).0.window;
    let size = place.map_or([1400.0, 900.0], |place| place.size);
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("labelwright")
            .with_app_id("labelwright")
            .with_inner_size(size)
            .with_maximized(place.is_some_and(|place| place.maximized))
            .with_min_inner_size([800.0, 500.0]),
        dithering: false, // there are no gradients, and without a graphics card it costs a part of each frame
        wgpu_options: graphics::configuration(),
        ..eframe::NativeOptions::default()
    };
    let app = |cc: &eframe::CreationContext<'_>| -> Box<dyn eframe::App> {
        if let Some(kept) = KeptFrame::where_it_helps(cc.wgpu_render_state.as_ref()) {
            cc.egui_ctx.add_plugin(kept);
            cc.egui_ctx.add_plugin(WheelAtOnce::default());
        }
        Box::new(App::with_settings(cc, opening, found))
    };
    eframe::run_native("labelwright", options, Box::new(|cc| Ok(app(cc)))).map_err(|error| {
        anyhow::anyhow!(
            "The window could not be opened: {error}. On Linux a display and a Vulkan or OpenGL driver are needed"
        )
    })?;
    Ok(ExitCode::SUCCESS)
}
