//! Seeded bugs: each one breaks the engine in a way that others have shipped. `tests/simulation.rs` proves that the
//! simulation notices every one of them. They do nothing in a build without debug assertions.

/// A way to be wrong.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bug {
    NewIdOnRetry,
    TimeoutMeansDone,
    OnlyTheEnvelopeIsRead,
    MixedSendsAllAgainWithNewIds,
    RetryAfterIgnored,
    UndoReusesADeadId,
    DeleteOfNothingIsAnError,
    DuplicateIsARefusal,
    NoLateVerification,
    NoBisect,
    AckClearsANewerEdit,
    DeleteForgetsTheFlyingCreate,
    AnswerInTwoTransactions,
    EditDuringFlightCountsAsSent,
    FlightIsNotPersisted,
    ConflictTakesTheirs,
    ConflictTakesMine,
    PullOverwritesDirty,
    RemoteDeletionDropsTheEdit,
    AccountSwitchKeepsTheOutbox,
    HoldIsIgnored,
    StaleCommitCountsAsDone,
    ReadsAreTrustedAtOnce,
    OwnEchoIsTakenForAnotherEditor,
    RegionIdsAreContent,
    MissingInAListingMeansDeleted,
    AuthPauseIsIgnored,
    EditOfARefusedItemIsNotTried,
    BreakerIsIgnored,
    RateIsNotLimited,
    ReplacedIdsAreForgotten,
}

impl Bug {
    /// All of them.
    pub const ALL: [Self; 31] = [
        Self::NewIdOnRetry,
        Self::TimeoutMeansDone,
        Self::OnlyTheEnvelopeIsRead,
        Self::MixedSendsAllAgainWithNewIds,
        Self::RetryAfterIgnored,
        Self::UndoReusesADeadId,
        Self::DeleteOfNothingIsAnError,
        Self::DuplicateIsARefusal,
        Self::NoLateVerification,
        Self::NoBisect,
        Self::AckClearsANewerEdit,
        Self::DeleteForgetsTheFlyingCreate,
        Self::AnswerInTwoTransactions,
        Self::EditDuringFlightCountsAsSent,
        Self::FlightIsNotPersisted,
        Self::ConflictTakesTheirs,
        Self::ConflictTakesMine,
        Self::PullOverwritesDirty,
        Self::RemoteDeletionDropsTheEdit,
        Self::AccountSwitchKeepsTheOutbox,
        Self::HoldIsIgnored,
        Self::StaleCommitCountsAsDone,
        Self::ReadsAreTrustedAtOnce,
        Self::OwnEchoIsTakenForAnotherEditor,
        Self::RegionIdsAreContent,
        Self::MissingInAListingMeansDeleted,
        Self::AuthPauseIsIgnored,
        Self::EditOfARefusedItemIsNotTried,
        Self::BreakerIsIgnored,
        Self::RateIsNotLimited,
        Self::ReplacedIdsAreForgotten,
    ];
}

/// The bug in force, if any.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seeded(Option<Bug>);

impl Seeded {
    pub(crate) const fn with(bug: Bug) -> Self {
        Self(Some(bug))
    }

    /// Whether to be wrong in this way; always false in a shipped build, so that nothing of it is left there.
    #[inline]
    pub(crate) fn has(self, bug: Bug) -> bool {
        cfg!(debug_assertions) && self.0 == Some(bug)
    }
}
