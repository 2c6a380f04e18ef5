//! The engine's calls, made over HTTP, and their answers sorted into what they prove.

use crate::api::{
    Annotation, AnnotationApi, AnnotationKey, AnnotationQuery, ApiError, DeleteTargets, ErrorKind, Items, Listing,
    Makers, Page, PatchAction, StatusCode, WhenEmpty,
};
use crate::sync::{self, Answer, Call, Envelope, Item, PullScope, Refusal};

/// What came of a call.
pub enum Came {
    /// For [`sync::Event::Answer`].
    Answer(Answer),
    /// For [`sync::Event::Page`].
    Page(Listing),
}

/// Makes a call. Never fails: what went wrong is an answer too.
pub async fn make(api: &impl AnnotationApi, call: Call) -> Came {
    match call {
        Call::Post(items) => Came::Answer(items_answer(api.post_annotations(&items).await)),
        Call::Patch { action, annotations } => {
            let action = match action {
                sync::PatchAction::Overwrite => PatchAction::Overwrite,
                sync::PatchAction::MergeStatus => PatchAction::Merge,
            };
            Came::Answer(items_answer(api.patch_annotations(&annotations, action, WhenEmpty::Keep).await))
        }
        Call::Delete(keys) => {
            let pairs = keys.into_iter().map(|k| AnnotationKey { input_id: k.input_id, id: k.sid }).collect();
            let done = api.delete_annotations(&DeleteTargets::Pairs(pairs)).await;
            Came::Answer(done.map_or_else(failure, |()| Answer::Done))
        }
        Call::ReadBack(keys) => {
            let page = Page::first(u32::try_from(keys.len().max(1)).unwrap_or(u32::MAX));
            let (input_ids, ids) = keys.into_iter().map(|k| (k.input_id, k.sid)).unzip();
            let query = AnnotationQuery { input_ids, ids, page, makers: Makers::All, ..AnnotationQuery::default() };
            Came::Answer(api.listing(&query).await.map_or_else(failure, rows_answer))
        }
        Call::ListPage { scope, page, per_page } => {
            let input_ids = match scope {
                PullScope::All => Vec::new(),
                PullScope::Inputs(ids) => ids,
            };
            let page = Page { page, per_page: u32::try_from(per_page).unwrap_or(u32::MAX) };
            let query = AnnotationQuery { input_ids, page, makers: Makers::All, ..AnnotationQuery::default() };
            match api.listing(&query).await {
                Ok(listing) => Came::Page(listing),
                Err(error) => Came::Answer(failure(error)),
            }
        }
        Call::Probe => Came::Answer(api.list_concepts(Page::first(1)).await.map_or_else(failure, |_| Answer::Done)),
    }
}

/// What cannot be read is there all the same: whoever asked for it is not told that it is missing.
fn rows_answer(listing: Listing) -> Answer {
    match listing.unreadable.first() {
        None => Answer::Rows(listing.rows),
        Some(key) => {
            let reason = format!("the server's copy of {} is in a form that this program does not know", key.id);
            Answer::Refused(Refusal { code: StatusCode::ZERO, reason, req_id: String::new() })
        }
    }
}

fn items_answer(result: Result<Items<Annotation>, ApiError>) -> Answer {
    match result {
        Err(error) => failure(error),
        Ok(answer) => Answer::Items {
            envelope: if answer.status.code == StatusCode::SUCCESS { Envelope::Success } else { Envelope::Mixed },
            items: answer.items.into_iter().map(|row| item(row, &answer.status.req_id)).collect(),
        },
    }
}

/// `req_id`: the whole answer's, for an item that names none of its own.
fn item(annotation: Annotation, req_id: &str) -> Item {
    let mut status = annotation.status.clone().unwrap_or_default();
    if status.req_id.is_empty() {
        req_id.clone_into(&mut status.req_id);
    }
    Item {
        sid: annotation.id.clone(),
        code: status.code,
        reason: sentence(&status.description, &status.details),
        req_id: status.req_id,
        annotation: Some(Box::new(annotation)),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the error ends here")]
fn failure(error: ApiError) -> Answer {
    let reason = sentence(&error.description, &error.details);
    let refusal = |reason| Refusal { code: error.code, reason, req_id: error.req_id.clone() };
    match error.kind {
        ErrorKind::NotApplied => Answer::NotApplied { reason },
        ErrorKind::Unknown => Answer::Unknown { reason },
        ErrorKind::Throttled { retry_after_secs } => {
            let retry_after_ms =
                retry_after_secs.map(|secs| i64::try_from(secs).unwrap_or(i64::MAX).saturating_mul(1000));
            Answer::Throttled { retry_after_ms }
        }
        ErrorKind::Auth => Answer::Auth { reason },
        ErrorKind::Refused => Answer::Refused(refusal(reason)),
        ErrorKind::TooLarge => Answer::TooLarge(refusal(reason)),
        ErrorKind::Misconfigured => Answer::Misconfigured { reason },
    }
}

fn sentence(description: &str, details: &str) -> String {
    match (description.is_empty(), details.is_empty()) {
        (_, true) => description.to_owned(),
        (true, false) => details.to_owned(),
        (false, false) => format!("{description}: {details}"),
    }
}
