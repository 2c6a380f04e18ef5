//! What keys may do, and the list of status codes.

use crate::api::{Status, StatusCode};

/// Every scope that this server knows, spelled as the service's.
pub const ALL: [&str; 12] = [
    "Annotations_Add",
    "Annotations_Delete",
    "Annotations_Get",
    "Apps_Get",
    "Collaborators_Get",
    "Concepts_Add",
    "Concepts_Get",
    "Inputs_Add",
    "Inputs_Delete",
    "Inputs_Get",
    "Models_Get",
    "Search",
];

/// All codes with their descriptions.
pub fn status_codes() -> Vec<Status> {
    StatusCode::ALL.iter().filter(|code| code.0 != 0).map(|code| Status::of(*code)).collect()
}
