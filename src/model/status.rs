//! The status of an annotation.

use serde::{Deserialize, Serialize};

/// The status of an annotation, as the API's codes 241xx have them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "u32", into = "u32")]
pub enum Status {
    /// 24150: done, approved; the default of a new annotation.
    #[default]
    Success,
    /// 24151: assigned or proposed, the work is not finished.
    Pending,
    /// 24157: waits for a reviewer.
    AwaitingReview,
    /// 24158: rejected.
    ReviewDenied,
    /// 24159: waits for the other labelers.
    AwaitingConsensusReview,
    /// Any other code, kept as it is.
    Other(u32),
}

impl Status {
    /// Whether someone still has to decide about it.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::AwaitingReview | Self::AwaitingConsensusReview)
    }

    /// The API's code.
    #[must_use]
    pub const fn code(self) -> u32 {
        match self {
            Self::Success => 24150,
            Self::Pending => 24151,
            Self::AwaitingReview => 24157,
            Self::ReviewDenied => 24158,
            Self::AwaitingConsensusReview => 24159,
            Self::Other(code) => code,
        }
    }

    /// In words for a person.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Success => "approved",
            Self::Pending => "pending",
            Self::AwaitingReview => "awaiting review",
            Self::ReviewDenied => "rejected",
            Self::AwaitingConsensusReview => "awaiting consensus",
            Self::Other(_) => "other status",
        }
    }
}

impl From<u32> for Status {
    fn from(code: u32) -> Self {
        match code {
            24150 => Self::Success,
            24151 => Self::Pending,
            24157 => Self::AwaitingReview,
            24158 => Self::ReviewDenied,
            24159 => Self::AwaitingConsensusReview,
            other => Self::Other(other),
        }
    }
}

impl From<Status> for u32 {
    fn from(status: Status) -> Self {
        status.code()
    }
}
