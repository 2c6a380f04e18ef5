//! What one observation makes of one record. Pure: the same observation can be applied again to a newer revision when
//! the store refuses the first result.

use super::T_LATE_MS;
use crate::api;
use crate::model::Field;
use crate::sync::bug::{Bug, Seeded};
use crate::sync::content::{Digest, differing_fields, same_content, same_field};
use crate::sync::effect::PatchAction;
use crate::sync::event::{Refusal, Resolution};
use crate::sync::merge::{Merge, Past, Side, compose, merge, merge_as_decided};
use crate::sync::record::{Acked, Echo, Flight, Hold, Record, Verb, View};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Something learned, or decided, about one record.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Learned {
    /// It is about to be sent.
    Sending { verb: Verb, content: Digest, at_ms: i64 },
    /// The flight did not happen.
    NotSent(Landing),
    /// The flight arrived.
    Written(Box<Written>),
    /// The flight (a deletion) arrived, or there was nothing to delete.
    Gone,
    /// The server refuses what the flight carried.
    Refused(Refusal, Landing),
    /// The server's copy, or that it has none, as of a request sent at that time.
    Saw { remote: Option<Box<api::Annotation>>, asked_at_ms: i64, by: Sight },
    /// It gets another id.
    NewSid(String),
    /// A person decided.
    Resolved(Resolution),
    /// A person wants it tried again.
    Retry,
    /// A person gives it up.
    Discard,
}

/// A write that arrived.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Written {
    /// What was sent.
    pub(super) sent: api::Annotation,
    pub(super) rev: u64,
    pub(super) kind: WriteKind,
    /// What came back.
    pub(super) back: Option<Box<api::Annotation>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WriteKind {
    Whole,
    Status,
}

impl From<PatchAction> for WriteKind {
    fn from(action: PatchAction) -> Self {
        match action {
            PatchAction::Overwrite => Self::Whole,
            PatchAction::MergeStatus => Self::Status,
        }
    }
}

/// Whether a write that was not acknowledged may have been carried out all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Landing {
    Impossible,
    Perhaps,
}

/// How a copy was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    ReadBack,
    Listing,
}

/// What became of the record.
#[derive(Clone, Debug)]
pub(super) struct Learnt {
    pub(super) record: Record,
    /// Whether `desired` was replaced (then `rev` is one more).
    pub(super) wanted: Wanted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Kept,
    Replaced,
}

/// Applies an observation.
pub(super) fn learn(record: &Record, learned: &Learned, bug: Seeded) -> Learnt {
    let mut r = record.clone();
    let wanted = match learned {
        Learned::Sending { verb, content, at_ms } => sending(&mut r, *verb, *content, *at_ms),
        Learned::NotSent(landing) => not_sent(&mut r, *landing),
        Learned::Written(written) => self::written(&mut r, written, bug),
        Learned::Gone => gone(&mut r),
        Learned::Refused(refusal, landing) => refused(&mut r, refusal, *landing),
        Learned::Saw { remote, asked_at_ms, by } => saw(&mut r, remote.as_deref(), *asked_at_ms, *by, bug),
        Learned::NewSid(sid) => new_sid(&mut r, sid),
        Learned::Resolved(resolution) => resolved(&mut r, resolution),
        Learned::Retry => {
            r.hold = None;
            Wanted::Kept
        }
        Learned::Discard => discard(&mut r),
    };
    if bug.has(Bug::NoLateVerification) && !matches!(learned, Learned::Sending { .. }) {
        r.echoes.clear();
    }
    r.verify_after_ms = r.echoes.iter().map(|echo| echo.sent_at_ms + T_LATE_MS).max();
    if wanted == Wanted::Replaced {
        r.rev += 1;
    }
    Learnt { record: r, wanted }
}

/// More than enough for two minutes of backoff; should there be more, the oldest is forgotten, and would at worst be
/// shown as a conflict.
const MAX_ECHOES: usize = 32;

fn sending(r: &mut Record, verb: Verb, content: Digest, at_ms: i64) -> Wanted {
    r.view = View::Unknown;
    r.flight = Some(Flight { verb, rev: r.rev, sent_at_ms: at_ms });
    if r.echoes.len() == MAX_ECHOES {
        r.echoes.remove(0);
    }
    r.echoes.push(Echo { verb, rev: r.rev, sent_at_ms: at_ms, content });
    if matches!(r.hold, Some(Hold::Quarantined { .. })) {
        r.hold = None;
    }
    Wanted::Kept
}

/// Ends the flight whose fate is certain.
fn land(r: &mut Record) -> Option<Flight> {
    let flight = r.flight.take()?;
    r.echoes.retain(|echo| (echo.verb, echo.rev, echo.sent_at_ms) != (flight.verb, flight.rev, flight.sent_at_ms));
    Some(flight)
}

fn not_sent(r: &mut Record, landing: Landing) -> Wanted {
    let flight = match landing {
        Landing::Impossible => land(r),
        Landing::Perhaps => r.flight.take(),
    };
    match flight.map(|f| f.verb) {
        None => {}
        Some(Verb::Post) if r.echoes.is_empty() => r.view = View::Never,
        Some(Verb::Post) => r.view = View::Absent,
        Some(Verb::Patch | Verb::Delete) => r.view = View::Present,
    }
    Wanted::Kept
}

fn written(r: &mut Record, written: &Written, bug: Seeded) -> Wanted {
    land(r);
    r.view = View::Present;
    r.acked = r.acked.max(Acked::Rev(written.rev));
    let base = match (written.kind, &r.base) {
        (WriteKind::Status, Some(base)) => {
            Cow::Owned(api::Annotation { status: written.sent.status.clone(), ..base.clone() })
        }
        _ => Cow::Borrowed(&written.sent),
    };
    // What came back is taken for its ids and dates only where it says the same; else the next look at it will tell.
    r.base = match &written.back {
        Some(back) if same_content(back, &base) => Some((**back).clone()),
        _ => Some(base.into_owned()),
    };
    if bug.has(Bug::EditDuringFlightCountsAsSent) && r.desired.is_some() {
        r.base.clone_from(&r.desired);
    }
    if bug.has(Bug::AckClearsANewerEdit) && r.rev > written.rev && written.kind == WriteKind::Whole {
        r.desired = Some(written.sent.clone());
        return Wanted::Replaced;
    }
    Wanted::Kept
}

fn gone(r: &mut Record) -> Wanted {
    let rev = land(r).map_or(0, |flight| flight.rev);
    r.view = View::Absent;
    r.base = None;
    r.acked = r.acked.max(Acked::Rev(rev));
    Wanted::Kept
}

fn refused(r: &mut Record, refusal: &Refusal, landing: Landing) -> Wanted {
    let rev = r.flight.map_or(r.rev, |flight| flight.rev);
    not_sent(r, landing);
    if rev == r.rev {
        r.hold = Some(Hold::Quarantined {
            code: refusal.code.0,
            reason: refusal.reason.clone(),
            req_id: refusal.req_id.clone(),
            rev,
        });
    }
    Wanted::Kept
}

fn saw(r: &mut Record, remote: Option<&api::Annotation>, asked_at_ms: i64, by: Sight, bug: Seeded) -> Wanted {
    // A look that began before the last doubtful write could land no more proves nothing about it.
    let last_doubt_is_over = r.verify_after_ms.is_some_and(|at| asked_at_ms >= at);
    r.flight = None;
    if bug.has(Bug::OwnEchoIsTakenForAnotherEditor) {
        r.echoes.iter_mut().for_each(|echo| echo.content = Digest::default());
    }
    let wanted = match remote {
        None => saw_nothing(r, bug),
        Some(remote) if bug.has(Bug::PullOverwritesDirty) && by == Sight::Listing => {
            r.view = View::Present;
            r.base = Some(remote.clone());
            r.desired = Some(remote.clone());
            Wanted::Replaced
        }
        Some(remote) => match under_our_echo(r, remote) {
            Some(theirs) => saw_copy(r, &theirs, bug),
            None => saw_copy(r, remote, bug),
        },
    };
    // While a conflict is open the doubt that led to it is kept: without it the same copy would look like no conflict,
    // and after the decision the server's copy has to be looked at once more.
    if last_doubt_is_over && !matches!(r.hold, Some(Hold::Conflict { .. })) {
        r.echoes.clear();
    }
    wanted
}

/// While a person is asked to decide about another's value, a late write of ours may land on top of that value. It is
/// gone from the server then, but not from the question: the copy as it would be without our late write.
fn under_our_echo(r: &Record, remote: &api::Annotation) -> Option<api::Annotation> {
    let Some(Hold::Conflict { theirs: Some(theirs), fields }) = &r.hold else { return None };
    let landed = Digest::of(remote);
    let echoed = |field: Field| {
        let ours = |echo: &Echo| echo.verb != Verb::Delete && echo.content.of_field(field) == landed.of_field(field);
        !same_field(theirs, remote, field) && r.echoes.iter().any(ours)
    };
    let sides: BTreeMap<Field, Side> =
        fields.iter().copied().filter(|field| echoed(*field)).map(|field| (field, Side::Mine)).collect();
    (!sides.is_empty()).then(|| compose(theirs, remote, &sides))
}

fn saw_nothing(r: &mut Record, bug: Seeded) -> Wanted {
    r.view = View::Absent;
    let by_us = r.echoes.iter().any(|echo| echo.verb == Verb::Delete);
    match (&r.desired, &r.base) {
        (None, _) => {
            r.base = None;
            r.hold = None;
            Wanted::Kept
        }
        (Some(_), None) => {
            if let Some(Hold::Conflict { theirs, .. }) = &mut r.hold {
                *theirs = None;
            }
            Wanted::Kept
        }
        (Some(_), Some(_)) if by_us => {
            r.base = None;
            r.hold = None;
            Wanted::Kept
        }
        (Some(desired), Some(base)) if same_content(desired, base) && !Past::of(r).took_back(desired) => {
            (r.desired, r.base, r.hold) = (None, None, None);
            Wanted::Replaced
        }
        (Some(_), Some(_)) if bug.has(Bug::RemoteDeletionDropsTheEdit) => {
            (r.desired, r.base, r.hold) = (None, None, None);
            Wanted::Replaced
        }
        (Some(_), Some(_)) => {
            r.hold = Some(Hold::Conflict { theirs: None, fields: Vec::new() });
            Wanted::Kept
        }
    }
}

fn saw_copy(r: &mut Record, remote: &api::Annotation, bug: Seeded) -> Wanted {
    r.view = View::Present;
    let past = Past::of(r);
    let landed = past.echo_of(remote).map_or(0, |echo| echo.rev);
    let outcome = match &r.desired {
        None if past.knows(remote) => None,
        None => Some(Merge::Conflict(r.base.as_ref().map_or_else(Vec::new, |base| differing_fields(base, remote)))),
        Some(desired) => Some(merge(past, desired, remote)),
    };
    r.acked = r.acked.max(Acked::Rev(landed));
    match outcome {
        None => r.base = Some(remote.clone()),
        Some(Merge::Wanted(wanted)) => {
            r.base = Some(remote.clone());
            if matches!(r.hold, Some(Hold::Conflict { .. })) {
                r.hold = None;
            }
            if r.desired.as_ref().is_none_or(|desired| !same_content(desired, &wanted)) {
                r.desired = Some(*wanted);
                return Wanted::Replaced;
            }
        }
        Some(Merge::Conflict(_)) if bug.has(Bug::ConflictTakesTheirs) => {
            r.base = Some(remote.clone());
            r.desired = Some(remote.clone());
            return Wanted::Replaced;
        }
        Some(Merge::Conflict(_)) if bug.has(Bug::ConflictTakesMine) => r.base = Some(remote.clone()),
        Some(Merge::Conflict(fields)) => {
            r.hold = Some(Hold::Conflict { theirs: Some(Box::new(remote.clone())), fields });
        }
    }
    Wanted::Kept
}

fn new_sid(r: &mut Record, sid: &str) -> Wanted {
    sid.clone_into(&mut r.sid);
    if let Some(desired) = &mut r.desired {
        desired.id.clone_from(&r.sid);
    }
    r.view = View::Never;
    r.base = None;
    r.acked = Acked::Never;
    r.flight = None;
    r.echoes.clear();
    r.hold = None;
    Wanted::Kept
}

fn resolved(r: &mut Record, resolution: &Resolution) -> Wanted {
    let Some(Hold::Conflict { theirs, .. }) = &r.hold else { return Wanted::Kept };
    let theirs = theirs.as_deref().cloned();
    let wanted = match (resolution, &r.desired, &theirs) {
        (Resolution::Theirs, _, theirs) => theirs.clone(),
        (Resolution::Fields(sides), Some(mine), Some(theirs)) => {
            let past = Past::of(r);
            match merge_as_decided(past, mine, theirs, sides) {
                Merge::Wanted(wanted) => Some(*wanted),
                Merge::Conflict(fields) => {
                    // Not everything is decided: the rest still waits.
                    r.hold = Some(Hold::Conflict { theirs: Some(Box::new(theirs.clone())), fields });
                    return Wanted::Kept;
                }
            }
        }
        (Resolution::Mine | Resolution::Fields(_), mine, _) => mine.clone(),
    };
    let same = match (&wanted, &r.desired) {
        (Some(a), Some(b)) => same_content(a, b),
        (None, None) => true,
        _ => false,
    };
    r.hold = None;
    r.view = if theirs.is_some() { View::Present } else { View::Absent };
    r.base = theirs;
    r.desired = wanted;
    if same { Wanted::Kept } else { Wanted::Replaced }
}

fn discard(r: &mut Record) -> Wanted {
    r.hold = None;
    r.desired.clone_from(&r.base);
    Wanted::Replaced
}
