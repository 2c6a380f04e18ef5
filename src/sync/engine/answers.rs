//! Answers to writes: item by item, by halves, or not at all.

use super::commits::Then;
use super::gates::Pause;
use super::learn::{Landing, Learned, WriteKind, Written};
use super::slot::{Bisecting, Busy, IdStanding};
use super::writes::{Outgoing, SentItem};
use super::{Cx, Engine};
use crate::api;
use crate::model::LocalId;
use crate::sync::bug::Bug;
use crate::sync::effect::PatchAction;
use crate::sync::event::{Answer, Envelope, Item, Refusal, Verdict, verdict, verdict_of_refusal};
use crate::sync::record::Verb;
use std::collections::BTreeMap;

const TRY_AGAIN_MS: i64 = 1_000;

impl Engine {
    /// The batch is over: what each of its records learns.
    pub(super) fn batch_over(&mut self, outgoing: Outgoing, answer: Answer, cx: &mut Cx<'_>) {
        let (now_ms, bug) = (self.now_ms, self.bug);
        for item in &outgoing.items {
            self.update(item.lid, |slot| {
                slot.busy = Busy::No;
                slot.fence(now_ms, bug);
                slot.calm_until_ms = slot.calm_until_ms.min(now_ms);
            });
        }
        let learned = match answer {
            Answer::Items { envelope, items } => self.items_answered(outgoing, envelope, items, cx),
            Answer::Done if outgoing.verb == Verb::Delete => {
                outgoing.items.iter().map(|item| (item.lid, Learned::Gone)).collect()
            }
            Answer::Unknown { .. } if bug.has(Bug::TimeoutMeansDone) => self.all_written(&outgoing),
            Answer::Unknown { .. } if bug.has(Bug::NewIdOnRetry) && outgoing.verb == Verb::Post => {
                self.new_ids(&outgoing, cx)
            }
            Answer::Done | Answer::Unknown { .. } | Answer::Rows(_) => Vec::new(),
            Answer::NotApplied { .. }
            | Answer::Throttled { .. }
            | Answer::Auth { .. }
            | Answer::Misconfigured { .. } => {
                outgoing.items.iter().map(|item| (item.lid, Learned::NotSent(Landing::Impossible))).collect()
            }
            Answer::Refused(refusal) | Answer::TooLarge(refusal) => self.batch_refused(&outgoing, &refusal),
        };
        if bug.has(Bug::AnswerInTwoTransactions) {
            let first = learned.iter().map(|(lid, _)| (*lid, Learned::NotSent(Landing::Impossible))).collect();
            self.commit(first, Then::Learn(learned), cx);
        } else {
            self.commit(learned, Then::Nothing, cx);
        }
    }

    /// Item by item, by id. What is not mentioned is not known.
    fn items_answered(
        &mut self,
        mut outgoing: Outgoing,
        envelope: Envelope,
        items: Vec<Item>,
        cx: &mut Cx<'_>,
    ) -> Vec<(LocalId, Learned)> {
        if self.bug.has(Bug::OnlyTheEnvelopeIsRead) {
            return self.all_written(&outgoing);
        }
        let mut by_sid: BTreeMap<String, Item> = items.into_iter().map(|item| (item.sid.clone(), item)).collect();
        let mut learned = Vec::with_capacity(outgoing.items.len());
        for at in 0..outgoing.items.len() {
            let sent = &mut outgoing.items[at];
            let Some(item) = by_sid.remove(&sent.body.id) else { continue };
            let verdict = verdict(outgoing.verb, envelope, item.code, &item.reason);
            if verdict != Verdict::Written
                && self.bug.has(Bug::MixedSendsAllAgainWithNewIds)
                && outgoing.verb == Verb::Post
            {
                return self.new_ids(&outgoing, cx);
            }
            let refusal = Refusal { code: item.code, reason: item.reason, req_id: item.req_id };
            match verdict {
                Verdict::Written => {
                    let now_ms = self.now_ms;
                    self.update(sent.lid, |slot| slot.seen_ms = Some(now_ms)); // we know what it says: we wrote it
                    let body = std::mem::take(&mut sent.body);
                    learned.push((sent.lid, written(outgoing.verb, outgoing.action, body, sent.rev, item.annotation)));
                }
                Verdict::TryAgain => {
                    let calm_until_ms = self.now_ms + super::gates::backoff_ms(2, (cx.random)()) + TRY_AGAIN_MS;
                    self.update(sent.lid, |slot| slot.calm_until_ms = calm_until_ms);
                    learned.push((sent.lid, Learned::NotSent(Landing::Impossible)));
                }
                other => learned.extend(self.not_written(outgoing.verb, sent, other, refusal, Landing::Impossible)),
            }
        }
        learned
    }

    fn not_written(
        &mut self,
        verb: Verb,
        sent: &SentItem,
        verdict: Verdict,
        refusal: Refusal,
        landing: Landing,
    ) -> Option<(LocalId, Learned)> {
        match verdict {
            Verdict::Refused => Some((sent.lid, Learned::Refused(refusal, landing))),
            Verdict::NotFound if self.bug.has(Bug::DeleteOfNothingIsAnError) => {
                Some((sent.lid, Learned::Refused(refusal, landing)))
            }
            Verdict::Duplicate if self.bug.has(Bug::DuplicateIsARefusal) => {
                Some((sent.lid, Learned::Refused(refusal, landing)))
            }
            Verdict::NotFound if verb == Verb::Delete => Some((sent.lid, Learned::Gone)),
            // Perhaps an earlier attempt of ours, perhaps a deleted one: reading back will tell.
            Verdict::Duplicate => {
                self.update(sent.lid, |slot| slot.id = IdStanding::Taken);
                None
            }
            // To change what is gone is for a person to decide; but reading back tells it from a server that lags.
            Verdict::NotFound | Verdict::Written | Verdict::TryAgain | Verdict::Unknown => None,
        }
    }

    /// Refused as a whole: in halves, until the one that is at fault is alone.
    fn batch_refused(&mut self, outgoing: &Outgoing, refusal: &Refusal) -> Vec<(LocalId, Learned)> {
        let items = &outgoing.items;
        if let [only] = items.as_slice() {
            let verdict = verdict_of_refusal(outgoing.verb, refusal.code, &refusal.reason).unwrap_or(Verdict::Refused);
            return self
                .not_written(outgoing.verb, only, verdict, refusal.clone(), Landing::Perhaps)
                .into_iter()
                .collect();
        }
        if self.bug.has(Bug::NoBisect) {
            let refused = || Learned::Refused(refusal.clone(), Landing::Perhaps);
            return items.iter().map(|item| (item.lid, refused())).collect();
        }
        let (first, second) = items.split_at(items.len() / 2);
        for part in [second, first] {
            for item in part {
                self.update(item.lid, |slot| slot.bisecting = Bisecting::Yes);
            }
            self.bisect.push_front(part.iter().map(|item| item.lid).collect());
        }
        // A server that checks while it writes may have written some: they are looked at once more, later.
        items.iter().map(|item| (item.lid, Learned::NotSent(Landing::Perhaps))).collect()
    }

    fn all_written(&self, outgoing: &Outgoing) -> Vec<(LocalId, Learned)> {
        let done = |item: &SentItem| match outgoing.verb {
            Verb::Delete => Learned::Gone,
            Verb::Post | Verb::Patch => written(outgoing.verb, outgoing.action, item.body.clone(), item.rev, None),
        };
        outgoing.items.iter().filter(|item| self.slots.get(item.lid).is_some()).map(|i| (i.lid, done(i))).collect()
    }

    fn new_ids(&self, outgoing: &Outgoing, cx: &mut Cx<'_>) -> Vec<(LocalId, Learned)> {
        outgoing.items.iter().map(|item| (item.lid, Learned::NewSid(self.sid_for(item.lid, cx)))).collect()
    }

    /// What an answer says of the line, the key and the server's patience.
    pub(super) fn note_answer(&mut self, answer: &Answer, cx: &mut Cx<'_>) {
        match answer {
            Answer::Items { .. } | Answer::Done | Answer::Rows(_) | Answer::Refused(_) | Answer::TooLarge(_) => {
                self.gates.answered();
            }
            Answer::NotApplied { reason } | Answer::Unknown { reason } => {
                self.gates.failed(reason.clone(), self.now_ms, (cx.random)());
            }
            Answer::Throttled { retry_after_ms } => {
                self.gates.throttled(*retry_after_ms, self.now_ms, (cx.random)());
            }
            Answer::Auth { reason } => self.gates.pause(Pause::Auth(reason.clone())),
            Answer::Misconfigured { reason } => self.gates.pause(Pause::Misconfigured(reason.clone())),
        }
    }
}

fn written(
    verb: Verb,
    action: PatchAction,
    sent: api::Annotation,
    rev: u64,
    back: Option<Box<api::Annotation>>,
) -> Learned {
    let kind = match verb {
        Verb::Delete => return Learned::Gone,
        Verb::Post => WriteKind::Whole,
        Verb::Patch => action.into(),
    };
    Learned::Written(Box::new(Written { sent, rev, kind, back }))
}
