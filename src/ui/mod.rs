//! Everything that egui draws.
//!
//! May use model, tools, geometry and runtime's `Request` and `Event`. Invariant: nothing here blocks: no file, no
//! socket, no lock that a worker holds, no fsync on the frame; what is slow is asked of the runtime.

pub mod app;
pub mod canvas;
pub mod command;
pub mod concept_list;
pub mod concept_popup;
mod crop_cache;
pub mod dialogs;
pub mod editor;
mod execute;
mod execute_view;
mod files;
mod first_steps;
mod fuzzy;
mod gallery;
pub mod graphics;
pub mod image_picker;
mod input_order;
mod jobs;
pub mod kept_frame;
mod labelling;
mod layout;
mod milestones;
pub mod names;
pub mod panels;
pub mod review;
mod review_ui;
pub mod settings;
mod shaping;
pub mod sight;
pub mod sync;
mod take_keys;
pub mod theme;
pub mod view_options;
mod welcome;
pub mod wheel;

pub use app::App;
pub use gallery::Gallery;
