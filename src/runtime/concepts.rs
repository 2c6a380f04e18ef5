//! The session's part in the list of concepts: keeping, ordering, counting, asking the server.

use super::messages::Event;
use super::open;
use super::session::{Message, Session};
use crate::api::{self, AnnotationApi as _, Page};
use crate::model::{self, ConceptId};
use crate::store;
use std::collections::HashMap;

/// Concepts of the server that are asked for at once.
const FOUND_MAX: u32 = 100;

impl Session {
    /// Keeps a concept. One that is in the list keeps its place, and its new name is this project's own; a new one goes
    /// to the end, and to the server.
    pub(super) fn put_concept(&mut self, concept: model::Concept) {
        if let Some(row) = self.concepts.iter_mut().find(|row| row.concept.id == concept.id) {
            row.concept = concept;
            let row = row.clone();
            return self.keep_concepts(vec![row]);
        }
        let wire = api::Concept { id: concept.id.0.clone(), name: concept.name.clone(), ..api::Concept::default() };
        let end = self.concepts.iter().map(|row| row.position + 1).max().unwrap_or(0);
        let row = store::ConceptRow { concept, position: end, ..open::concept_row(&wire, 0) };
        self.concepts.push(row.clone());
        self.keep_concepts(vec![row]);
        if let Some((net, api)) = self.online() {
            // A server that does not know a concept makes it when an annotation names it; this only tells it the name.
            net.runtime.spawn(async move {
                if let Err(error) = api.post_concepts(&[wire]).await {
                    tracing::info!(%error, "a concept was not posted");
                }
            });
        }
    }

    /// Keeps the concepts as they are here, in this order; what is not named stays behind them.
    pub(super) fn order_concepts(&mut self, ordered: Vec<model::Concept>) {
        let end = ordered.len();
        let mut wanted: HashMap<ConceptId, (usize, model::Concept)> =
            ordered.into_iter().enumerate().map(|(place, concept)| (concept.id.clone(), (place, concept))).collect();
        let mut changed = Vec::new();
        for (at, row) in self.concepts.iter_mut().enumerate() {
            let (place, concept) = wanted.remove(&row.concept.id).unwrap_or_else(|| (end + at, row.concept.clone()));
            let position = i64::try_from(place).unwrap_or(i64::MAX);
            if row.position != position || row.concept != concept {
                (row.position, row.concept) = (position, concept);
                changed.push(row.clone());
            }
        }
        self.keep_concepts(changed);
    }

    fn keep_concepts(&mut self, concepts: Vec<store::ConceptRow>) {
        if !concepts.is_empty() {
            let token = self.token();
            self.to_store(store::Request::PutConcepts { token, concepts });
        }
    }

    /// Has it told how often each concept is used.
    pub(super) fn count_concepts(&self) {
        if let Some(finder) = &self.finder {
            finder.count_concepts();
        }
    }

    /// Asks the server for concepts whose name contains `name`.
    pub(super) fn search_concepts(&self, name: String) {
        let Some((net, api)) = self.online() else {
            let text = "The server cannot be reached now; concepts of this project are found all the same".to_owned();
            return self.out.tell(Event::ConceptsFound(Err(text)));
        };
        let back = self.back.clone();
        net.runtime.spawn(async move {
            let page = Page { page: 1, per_page: FOUND_MAX };
            let found = api.search_concepts(&format!("*{name}*"), page).await;
            let found = found.map(|list| list.iter().map(|c| open::concept_row(c, 0).concept).collect());
            back.send(Message::ConceptsFound(found.map_err(|error| error.to_string()))).ok();
        });
    }
}
