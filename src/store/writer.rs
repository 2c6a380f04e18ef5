//! The writing thread: takes requests in order, groups what is waiting into one transaction, and never says that
//! something is durable before the disk said so.

use super::apply::{Applied, apply};
use super::lock::ProjectLock;
use super::project::{meta, put_meta};
use super::{Request, RequestId, StoreError, StoreEvent, connect};
use rusqlite::{Connection, TransactionBehavior};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::task::Waker;
use std::thread::JoinHandle;
use std::time::Duration;

/// How long it waits before it tries again what the disk did not take.
const RETRY: Duration = Duration::from_secs(5);
/// The most rows in one transaction (a single greater request is still one): a step of a person behind an import shall
/// not wait for all of it, and what is in one transaction has to fit into `SQLite`'s cache to be fast.
const GROUP_ROWS_MAX: usize = 4000;

#[derive(Debug)]
enum Message {
    Do(Box<Request>),
    Shutdown,
}

/// The way to the writing thread. Dropping it writes what is queued and ends the thread.
#[derive(Debug)]
pub struct StoreHandle {
    messages: Sender<Message>,
    thread: Option<JoinHandle<()>>,
}

impl StoreHandle {
    /// Queues a request; never blocks.
    ///
    /// # Errors
    /// Gives the request back where the thread has ended.
    pub fn send(&self, request: Request) -> Result<(), Box<Request>> {
        send(&self.messages, request)
    }

    /// Another way to the thread, for another thread. It does not keep the thread alive.
    #[must_use]
    pub fn sender(&self) -> StoreSender {
        StoreSender { messages: self.messages.clone() }
    }

    /// Writes what is queued, brings the -wal into the database and ends the thread. What could not be written is named
    /// in [`StoreEvent::Stopped`], the thread's last event.
    pub fn shutdown(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some(thread) = self.thread.take() {
            // It may have ended already; joining tells.
            self.messages.send(Message::Shutdown).ok();
            if thread.join().is_err() {
                tracing::error!("the store's thread panicked; edits after the last durable one are not saved");
            }
        }
    }
}

/// A way to the writing thread that can be cloned; see [`StoreHandle::sender`].
#[derive(Clone, Debug)]
pub struct StoreSender {
    messages: Sender<Message>,
}

impl StoreSender {
    /// Queues a request; never blocks.
    ///
    /// # Errors
    /// Gives the request back where the thread has ended.
    pub fn send(&self, request: Request) -> Result<(), Box<Request>> {
        send(&self.messages, request)
    }
}

fn send(messages: &Sender<Message>, request: Request) -> Result<(), Box<Request>> {
    messages.send(Message::Do(Box::new(request))).map_err(|error| match error.0 {
        Message::Do(request) => request,
        Message::Shutdown => Box::new(Request::RetryNow),
    })
}

impl Drop for StoreHandle {
    fn drop(&mut self) {
        self.end();
    }
}

/// Starts the thread on a connection that was opened for writing.
pub(super) fn start(
    conn: Connection,
    path: PathBuf,
    lock: ProjectLock,
    events: Sender<StoreEvent>,
    waker: Waker,
) -> Result<StoreHandle, StoreError> {
    let (messages, inbox) = mpsc::channel();
    let at = path.clone();
    let mut writer = Writer {
        conn: Some(conn),
        path,
        queue: VecDeque::new(),
        batch: None,
        in_doubt: None,
        failing: false,
        events,
        waker,
    };
    let thread = std::thread::Builder::new()
        .name("store".to_owned())
        .spawn(move || {
            writer.run(&inbox);
            writer.stop(&lock);
        })
        .map_err(|error| StoreError::Io { what: "the store's thread could not be started", path: at, error })?;
    Ok(StoreHandle { messages, thread: Some(thread) })
}

struct Writer {
    path: PathBuf,
    /// `None` after a failure: what the connection believes then is not to be trusted.
    conn: Option<Connection>,
    queue: VecDeque<Box<Request>>,
    /// The number of the last transaction on the disk, once it was read.
    batch: Option<u64>,
    /// The transaction whose COMMIT failed: it may or may not be on the disk.
    in_doubt: Option<Written>,
    failing: bool,
    events: Sender<StoreEvent>,
    waker: Waker,
}

/// What a transaction did.
struct Written {
    batch: u64,
    /// How many requests, from the front of the queue.
    requests: usize,
    events: Vec<StoreEvent>,
}

impl Writer {
    /// Until the shutdown, or until nobody is left who could ask.
    fn run(&mut self, inbox: &Receiver<Message>) {
        loop {
            let message = if self.failing {
                match inbox.recv_timeout(RETRY) {
                    Ok(message) => message,
                    Err(RecvTimeoutError::Timeout) => Message::Do(Box::new(Request::RetryNow)),
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            } else {
                match inbox.recv() {
                    Ok(message) => message,
                    Err(_) => return,
                }
            };
            let mut ends = self.take(message);
            for message in inbox.try_iter() {
                ends |= self.take(message);
            }
            if ends {
                return; // what is queued is written by `stop`
            }
            self.write_all();
        }
    }

    /// Queues a request; `true`: the thread shall end.
    fn take(&mut self, message: Message) -> bool {
        match message {
            Message::Shutdown => return true,
            Message::Do(request) if matches!(*request, Request::RetryNow) => {}
            // Behind what the disk refuses it would never come about, and just then it is needed.
            Message::Do(request) if self.failing && matches!(*request, Request::SaveCopy { .. }) => {
                self.save_copy_elsewhere(&request);
            }
            Message::Do(request) => self.queue.push_back(request),
        }
        false
    }

    /// Writes what is queued, until it is empty or the disk refuses.
    fn write_all(&mut self) {
        while !self.queue.is_empty() {
            match self.write_group() {
                Ok(written) => self.report(written),
                Err(error) => return self.report_failure(&error),
            }
        }
    }

    fn report(&mut self, written: Written) {
        self.queue.drain(..written.requests);
        self.batch = Some(written.batch);
        if std::mem::take(&mut self.failing) {
            self.tell(StoreEvent::Recovered);
        }
        for event in written.events {
            self.tell(event);
        }
        self.waker.wake_by_ref();
    }

    fn report_failure(&mut self, error: &StoreError) {
        self.failing = true;
        let Some(first) = self.queue.front().map(|request| request.id()) else { return };
        let reason = in_words(error);
        tracing::warn!(waiting = self.queue.len(), "{reason}");
        self.tell(StoreEvent::Failed { request: first, waiting: self.queue.len(), reason });
        self.waker.wake_by_ref();
    }

    /// A receiver that is gone has no more questions.
    fn tell(&self, event: StoreEvent) {
        self.events.send(event).ok();
    }

    /// One transaction from the front of the queue.
    fn write_group(&mut self) -> Result<Written, StoreError> {
        if self.conn.is_none() {
            self.conn = Some(connect::writing(&self.path)?);
        }
        let Some(mut conn) = self.conn.take() else { return Err(StoreError::ReadOnly) };
        if let Some(doubt) = self.in_doubt.take() {
            match settle(&conn, &doubt) {
                Ok(true) => {
                    self.conn = Some(conn);
                    return Ok(doubt);
                }
                Ok(false) => self.batch = None,
                Err(error) => {
                    self.in_doubt = Some(doubt);
                    return Err(error);
                }
            }
        }
        if let Some(Request::SaveCopy { .. }) = self.queue.front().map(|request| &**request) {
            let written = self.save_copy(&conn);
            self.conn = Some(conn);
            return Ok(written);
        }
        // The connection is only put back when all went well; otherwise it is closed here and opened anew.
        let (written, committed) = self.write_on(&mut conn)?;
        match committed {
            Ok(()) => {
                self.conn = Some(conn);
                Ok(written)
            }
            Err(error) => {
                self.in_doubt = Some(written);
                Err(error.into())
            }
        }
    }

    /// Fills a transaction and commits it; the second value is how the COMMIT ended.
    fn write_on(&self, conn: &mut Connection) -> Result<(Written, rusqlite::Result<()>), StoreError> {
        let mut transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let batch = match self.batch {
            Some(batch) => batch,
            None => read_batch(&transaction)?,
        } + 1;
        let mut events = Vec::new();
        let mut requests = 0;
        let mut rows = 0;
        for request in &self.queue {
            rows += request.rows();
            let too_many = rows > GROUP_ROWS_MAX && requests > 0;
            if too_many || matches!(**request, Request::SaveCopy { .. }) {
                break; // a copy cannot be made inside a transaction
            }
            let mut part = transaction.savepoint()?;
            match apply(&part, request)? {
                Applied::Done(event) => {
                    part.commit()?;
                    events.push(event);
                }
                Applied::Refused(reason) => {
                    part.rollback()?;
                    part.commit()?;
                    events.push(StoreEvent::Refused { request: request.id(), reason });
                }
            }
            requests += 1;
        }
        put_meta(&transaction, "batch", &batch.to_string())?;
        Ok((Written { batch, requests, events }, transaction.commit()))
    }

    fn save_copy(&self, conn: &Connection) -> Written {
        let mut events = Vec::new();
        if let Some(Request::SaveCopy { token, to }) = self.queue.front().map(|request| &**request) {
            events.push(match super::project::copy_into(conn, to) {
                Ok(()) => StoreEvent::Done { token: *token },
                Err(error) => StoreEvent::Refused {
                    request: RequestId::Other(*token),
                    reason: format!("the copy was not made: {error}. ({})", to.display()),
                },
            });
        }
        Written { batch: self.batch.unwrap_or_default(), requests: 1, events }
    }

    /// While the disk takes nothing: a copy of what is on it, with everything that waits written into the copy.
    fn save_copy_elsewhere(&self, request: &Request) {
        let Request::SaveCopy { token, to } = request else { return };
        let made = connect::Reach::Live(self.path.clone())
            .copying()
            .and_then(|conn| super::project::copy_into(&conn, to))
            .and_then(|()| self.write_queue_into(to));
        self.tell(match made {
            Ok(()) => StoreEvent::Done { token: *token },
            Err(error) => StoreEvent::Refused {
                request: RequestId::Other(*token),
                reason: format!("the copy was not made: {error}. ({})", to.display()),
            },
        });
        self.waker.wake_by_ref();
    }

    /// Carries the waiting requests out in a copy; what is refused there is refused here later, too.
    fn write_queue_into(&self, copy: &std::path::Path) -> Result<(), StoreError> {
        let mut conn = connect::writing(copy)?;
        let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // If the last COMMIT is on the disk although it said no, the copy has those requests already.
        let written = match &self.in_doubt {
            Some(doubt) if read_batch(&transaction)? >= doubt.batch => doubt.requests,
            _ => 0,
        };
        let mut transaction = transaction;
        for request in self.queue.iter().skip(written) {
            let mut part = transaction.savepoint()?;
            if let Applied::Refused(reason) = apply(&part, request)? {
                tracing::warn!(reason, "not in the copy");
                part.rollback()?;
            }
            part.commit()?;
        }
        transaction.commit()?;
        // One file, without a -wal beside it.
        conn.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
        conn.close().map_err(|(_, error)| error.into())
    }

    /// Writes what is left, brings everything into the one file and notes that the project is closed.
    fn stop(&mut self, lock: &ProjectLock) {
        self.write_all();
        let unsaved: Vec<RequestId> = self.queue.iter().map(|request| request.id()).collect();
        if let Some(conn) = self.conn.take() {
            // A reader may hold parts of the -wal back; then it stays, and the next start reads it.
            let checkpoint = conn.query_row(include_str!("sql/checkpoint.sql"), [], |_| Ok(()));
            let closed = conn.close();
            if unsaved.is_empty() && checkpoint.is_ok() && closed.is_ok() {
                let wal = super::connect::beside(&self.path, "-wal");
                lock.mark_closed(std::fs::metadata(wal).map_or(0, |meta| meta.len()));
            }
        }
        self.tell(StoreEvent::Stopped { unsaved });
        self.waker.wake_by_ref();
    }
}

/// Whether a transaction whose COMMIT failed is on the disk after all. What is found is copied into the database
/// file and flushed there before it counts: a failed fsync says nothing about the pages that it was to write.
fn settle(conn: &Connection, doubt: &Written) -> Result<bool, StoreError> {
    if read_batch(conn)? < doubt.batch {
        return Ok(false);
    }
    let busy: i64 = conn.query_row(include_str!("sql/checkpoint.sql"), [], |row| row.get(0))?;
    if busy == 0 {
        return Ok(true);
    }
    Err(StoreError::Content("a reader keeps the newest edits from being secured".to_owned()))
}

fn read_batch(conn: &Connection) -> Result<u64, StoreError> {
    let text = meta(conn, "batch")?.unwrap_or_else(|| "0".to_owned());
    text.parse().map_err(|error| StoreError::Content(format!("the batch number {text:?}: {error}")))
}

fn in_words(error: &StoreError) -> String {
    let why = match error {
        StoreError::Sqlite(sqlite) => match sqlite.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => "the disk is full; free some space".to_owned(),
            Some(rusqlite::ErrorCode::ReadOnly) => {
                "the project cannot be written any more; make it writable".to_owned()
            }
            Some(rusqlite::ErrorCode::SystemIoFailure) => format!("the disk reports an error ({sqlite})"),
            _ => sqlite.to_string(),
        },
        other => other.to_string(),
    };
    format!("the newest edits are not saved yet: {why}. They are kept in memory and saved as soon as that is possible")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Binding, NewProject, Project};

    fn writer(dir: &std::path::Path) -> (Writer, Receiver<StoreEvent>) {
        let binding = Binding::Bundled { owner: "o".to_owned(), app: "a".to_owned() };
        let new = NewProject { name: "n".to_owned(), binding };
        drop(Project::create(dir, &new, 1).expect("a project"));
        let (events, received) = mpsc::channel();
        let writer = Writer {
            path: dir.join("project.db"),
            conn: None,
            queue: VecDeque::new(),
            batch: None,
            in_doubt: None,
            failing: false,
            events,
            waker: Waker::noop().clone(),
        };
        (writer, received)
    }

    #[expect(clippy::unnecessary_box_returns, reason = "what the channel carries")]
    fn setting(token: u64, size: usize) -> Box<Request> {
        let value = serde_json::Value::String("x".repeat(size));
        Box::new(Request::PutSetting { token, key: token.to_string(), value })
    }

    #[test]
    fn a_commit_that_failed_and_is_on_the_disk_is_not_made_twice() {
        let dir = tempfile::tempdir().expect("a directory");
        let (mut writer, events) = writer(dir.path());
        writer.queue.push_back(setting(1, 1));
        let written = writer.write_group().expect("it is written");
        // As if the COMMIT had said no.
        writer.conn = None;
        writer.in_doubt = Some(Written { events: vec![StoreEvent::Done { token: 77 }], ..written });
        writer.failing = true;
        writer.write_all();
        let told: Vec<_> = events.try_iter().collect();
        assert_eq!(told, [StoreEvent::Recovered, StoreEvent::Done { token: 77 }], "what was computed then is told");
        assert!(writer.queue.is_empty());
        assert_eq!(writer.batch, Some(1), "one transaction");
    }

    #[test]
    fn a_commit_that_failed_and_is_not_on_the_disk_is_made_again() {
        let dir = tempfile::tempdir().expect("a directory");
        let (mut writer, events) = writer(dir.path());
        writer.queue.push_back(setting(1, 1));
        writer.in_doubt = Some(Written { batch: 1, requests: 1, events: vec![StoreEvent::Done { token: 77 }] });
        writer.failing = true;
        writer.write_all();
        assert_eq!(events.try_iter().collect::<Vec<_>>(), [StoreEvent::Recovered, StoreEvent::Done { token: 1 }]);
    }

    #[test]
    fn what_does_not_fit_waits_in_order() {
        let dir = tempfile::tempdir().expect("a directory");
        let (mut writer, events) = writer(dir.path());
        let conn = connect::writing(&writer.path).expect("a connection");
        let pages: i64 = conn.pragma_query_value(None, "page_count", |row| row.get(0)).expect("pages");
        conn.pragma_update_and_check(None, "max_page_count", pages + 1, |_| Ok(())).expect("a limit");
        writer.conn = Some(conn);
        writer.queue.extend([setting(1, 100_000), setting(2, 1)]);
        writer.write_all();
        let told: Vec<_> = events.try_iter().collect();
        let [StoreEvent::Failed { request: RequestId::Other(1), waiting: 2, reason }] = told.as_slice() else {
            panic!("{told:?}")
        };
        assert!(reason.contains("disk is full"), "{reason}");
        writer.write_all(); // a new connection has no limit: there is room again
        let told: Vec<_> = events.try_iter().collect();
        assert_eq!(told, [StoreEvent::Recovered, StoreEvent::Done { token: 1 }, StoreEvent::Done { token: 2 }]);
    }
}
