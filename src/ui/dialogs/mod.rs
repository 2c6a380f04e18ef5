//! Windows over the window: the command palette, the key sheet, asking for a path, connecting to an app.

mod browse;
mod bulk;
mod connect;
mod exchange;
mod keys;
mod looked;
mod palette;
mod path;
mod plan;
mod settings;
mod shaping;

pub use browse::BrowseWindow;
pub use bulk::{BulkDialog, Deed};
pub use connect::ConnectDialog;
pub use exchange::ExchangeDialog;
pub use keys::{KeysWish, keys_ui};
pub use palette::Palette;
pub use path::{PathDialog, PathState};
pub use plan::PlanWindow;
pub use settings::SettingsDialog;
pub use shaping::ShapingDialogs;

/// Whether a dialog stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stay {
    /// It does.
    Open,
    /// It is done or was cancelled.
    Close,
}
