//! What can go wrong on the wire: more than two hundred cases.

use super::proxy::{At, Back, Fault, Items, On, Reaches};
use std::time::Duration;

/// How a case must end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// By itself, or after a person pressed "sync now" where they were told to.
    Sent,
    /// What is refused is among the problems, whole, until a person has it tried again.
    AsProblems,
}

#[derive(Clone, Debug)]
pub struct Case {
    pub name: String,
    pub on: On,
    pub fault: Fault,
    pub times: usize,
    pub ends: Ends,
}

const WRITES: [On; 3] = [On::Post, On::Patch, On::Delete];
const ALL: [On; 4] = [On::Post, On::Patch, On::Delete, On::Read];
const FOREVER: usize = usize::MAX;
const PAGE: &str = "<!doctype html><title>Welcome to the airport</title>";

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn answer(reaches: Reaches, status: u16, headers: &str, body: &str) -> Fault {
    Fault::Answer(reaches, status, headers.to_owned(), body.as_bytes().to_vec())
}

/// The API's envelope.
fn envelope(code: &str) -> String {
    format!(r#"{{"status":{{"code":{code},"description":"No","details":"for a test","req_id":"r1"}}}}"#)
}

#[derive(Default)]
struct List(Vec<Case>);

impl List {
    fn add(&mut self, on: &[On], fault: &Fault) {
        self.times(on, fault, 1);
    }

    /// What was added last does.
    fn end_as_problems(&mut self) {
        if let Some(case) = self.0.last_mut() {
            case.ends = Ends::AsProblems;
        }
    }

    fn times(&mut self, on: &[On], fault: &Fault, times: usize) {
        for on in on {
            let times_text = if times == FOREVER { "every time".to_owned() } else { format!("{times} times") };
            let name = format!("{on:?}, {times_text}: {}", in_words(fault));
            self.0.push(Case { name, on: *on, fault: fault.clone(), times, ends: Ends::Sent });
        }
    }
}

fn in_words(fault: &Fault) -> String {
    let short = |bytes: &[u8]| String::from_utf8_lossy(bytes).chars().take(60).collect::<String>();
    match fault {
        Fault::Answer(reaches, status, headers, body) => {
            format!("HTTP {status} {:?} {:?}, reaches {reaches:?}", short(headers.as_bytes()), short(body))
        }
        Fault::Raw(bytes) => format!("raw {:?}", short(bytes)),
        other => format!("{other:?}"),
    }
}

/// All of them.
pub fn all() -> Vec<Case> {
    let mut list = List::default();
    connections(&mut list);
    cut_answers(&mut list);
    other_answers(&mut list);
    odd_contents(&mut list);
    list.0
}

fn connections(list: &mut List) {
    list.add(&ALL, &Fault::Outage(ms(400)));
    list.add(&ALL, &Fault::ResetAtConnect(2));
    list.add(&[On::Post], &Fault::ResetAtConnect(9)); // the breaker opens
    for at in [At::Start, At::Body(1), At::MiddleOfBody, At::LastByte] {
        list.add(&WRITES, &Fault::ResetInRequest(at));
    }
    list.add(&[On::Read], &Fault::ResetInRequest(At::Start));
    list.times(&[On::Post], &Fault::ResetInRequest(At::MiddleOfBody), 7);
    list.add(&ALL, &Fault::Silence(Reaches::Nobody));
    list.add(&ALL, &Fault::Silence(Reaches::TheServer));
    list.times(&[On::Post], &Fault::Silence(Reaches::TheServer), 2);
    list.add(&ALL, &Fault::Drip { pause: ms(60), whole_head: false });
    list.add(&ALL, &Fault::Drip { pause: ms(60), whole_head: true });
    list.add(&ALL, &Fault::Drip { pause: ms(0), whole_head: true });
    for back in [Back::First, Back::Second] {
        list.add(&WRITES, &Fault::Twice(back));
        list.times(&[On::Post], &Fault::Twice(back), FOREVER);
    }
    list.add(&WRITES, &Fault::AgainLater(ms(30)));
    list.add(&WRITES, &Fault::AgainLater(ms(300)));
}

fn cut_answers(list: &mut List) {
    let places = [
        At::Start,
        At::Head(1),
        At::Head(12),
        At::Head(40),
        At::EndOfHead,
        At::Body(1),
        At::MiddleOfBody,
        At::LastByte,
    ];
    for at in places {
        list.add(&ALL, &Fault::ResetInAnswer(at));
        list.add(&ALL, &Fault::CloseInAnswer(at));
    }
    for by in [100, 1, -1, -10] {
        list.add(&ALL, &Fault::WrongLength(by));
    }
    for at in [At::Body(1), At::MiddleOfBody, At::LastByte] {
        list.add(&ALL, &Fault::CutBody(at));
    }
}

fn other_answers(list: &mut List) {
    use Reaches::{Nobody, TheServer};
    list.add(&ALL, &answer(Nobody, 200, "Content-Type: text/html\r\n", PAGE));
    list.add(&WRITES, &answer(TheServer, 200, "Content-Type: text/html\r\n", PAGE));
    for status in [301, 302, 307, 308] {
        list.add(&[On::Post, On::Read], &answer(Nobody, status, "Location: http://127.0.0.1:9/\r\n", ""));
    }
    list.add(&[On::Patch, On::Delete], &answer(Nobody, 302, "Location: http://127.0.0.1:9/\r\n", ""));
    for (status, code) in [(401, "11102"), (401, "11009"), (403, "11007"), (402, "11006")] {
        list.add(&[On::Post, On::Patch, On::Read], &answer(Nobody, status, "", &envelope(code)));
    }
    for status in [401, 403, 404, 407] {
        list.add(&[On::Post, On::Delete], &answer(Nobody, status, "", PAGE));
    }
    list.add(&[On::Post], &answer(Nobody, 413, "", PAGE));
    list.add(&[On::Post, On::Patch], &answer(Nobody, 404, "", &envelope("11101")));
    list.add(&[On::Post, On::Patch], &answer(Nobody, 400, "", &envelope("11102")));
    for fault in [answer(Nobody, 413, "", PAGE), answer(Nobody, 400, "", &envelope("11102"))] {
        list.add(&[On::Delete], &fault); // alone in its batch
        list.end_as_problems();
    }
    list.add(&[On::Post, On::Patch], &answer(Nobody, 413, "", &envelope("40033")));
    for headers in ["Retry-After: 3\r\n", "", "Retry-After: soon\r\n"] {
        list.add(&[On::Post, On::Read], &answer(Nobody, 429, headers, ""));
    }
    let date = "Date: Wed, 25 Nov 2026 16:00:00 GMT\r\nRetry-After: Wed, 25 Nov 2026 16:00:04 GMT\r\n";
    list.add(&[On::Post, On::Patch, On::Read], &answer(Nobody, 429, date, &envelope("11005")));
    for code in ["11005", "\"11005\"", "\"CONN_THROTTLED\""] {
        list.add(&[On::Post, On::Delete], &answer(Nobody, 400, "Retry-After: 2\r\n", &envelope(code)));
    }
    for status in [500, 502, 503, 504] {
        for reaches in [Nobody, TheServer] {
            for body in [envelope("98004"), PAGE.to_owned(), String::new()] {
                list.add(&[On::Post], &answer(reaches, status, "", &body));
            }
        }
        list.add(&[On::Patch, On::Delete], &answer(TheServer, status, "", &envelope("10020")));
        list.add(&[On::Read], &answer(Nobody, status, "", PAGE));
    }
    list.times(&[On::Post], &answer(TheServer, 503, "", PAGE), 7);
    list.add(&[On::Post], &answer(TheServer, 500, "", &envelope("10000")));
    list.add(&[On::Post], &answer(TheServer, 204, "", ""));
    for (status, code) in [(413, "40033"), (400, "11102"), (400, "24155")] {
        list.times(&[On::Post], &answer(Nobody, status, "", &envelope(code)), FOREVER);
        list.end_as_problems();
    }
}

fn odd_contents(list: &mut List) {
    for items in [
        Items::Shuffled,
        Items::FirstMissing,
        Items::AllMissing,
        Items::Extra,
        Items::Doubled,
        Items::OtherIds,
        Items::CalledMixed,
    ] {
        list.add(&[On::Post, On::Patch], &Fault::Items(items));
    }
    list.times(&[On::Post], &Fault::Items(Items::AllMissing), 3);
    let deep = format!(r#"{{"status":{{"code":10000}},"annotations":{}{}}}"#, "[".repeat(200), "]".repeat(200));
    for body in ["", "null", "[]", "{}", "{\"status\":10000}", "\u{feff}{}", &envelope("0"), &envelope("10000"), &deep]
    {
        list.add(&[On::Post], &answer(Reaches::TheServer, 200, "", body));
    }
    let not_text = Fault::Answer(Reaches::TheServer, 200, String::new(), vec![0xff; 64]);
    list.add(&[On::Post, On::Read], &not_text);
    let flood = format!("X-Flood: {}\r\n", "a".repeat(900 << 10));
    list.add(&[On::Post], &answer(Reaches::TheServer, 200, &flood, &envelope("10000")));
    for raw in [
        "HTTP/1.1 2x0 OK\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "\0\0\0\0",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\n{}   ",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 8\r\n\r\nnot gzip",
    ] {
        list.add(&[On::Post], &Fault::Raw(raw.as_bytes().to_vec()));
    }
    list.add(&[On::Post, On::Read], &Fault::GzipBomb(300));
    list.add(&[On::Post, On::Read], &Fault::Huge(300));
}
