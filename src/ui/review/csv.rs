//! Statistics as CSV, for a spreadsheet. No cell of it is a formula, whatever a concept or a user is called.

use super::status_text;
use crate::model::ConceptId;
use crate::runtime::Statistics;

/// The stock by concept, status, worker and day, then the decisions by day; one table, told apart by its first column.
#[must_use]
pub fn statistics_csv(statistics: &Statistics, name_of: impl Fn(&ConceptId) -> String) -> String {
    let mut text = String::from("what,day,concept,status,worker,count\r\n");
    for row in &statistics.stock {
        let concept = row.concept.as_ref().map(&name_of).unwrap_or_default();
        let status = status_text(row.status);
        line(
            &mut text,
            &["annotations", &row.day, &concept, &status, &row.worker.text(), &row.annotations.to_string()],
        );
    }
    for row in &statistics.days {
        let status = status_text(row.status);
        line(&mut text, &["decisions", &row.day, "", &status, "", &row.decisions.to_string()]);
    }
    text
}

fn line(text: &mut String, cells: &[&str]) {
    for (i, cell) in cells.iter().enumerate() {
        if i > 0 {
            text.push(',');
        }
        text.push_str(&quoted(cell));
    }
    text.push_str("\r\n");
}

/// A cell as RFC 4180 has it. One that a spreadsheet would compute gets an apostrophe before it; numbers stay numbers.
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
    let cell = if formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Status, Worker};
    use crate::runtime::{DayRow, StockRow};

    #[test]
    fn names_that_look_like_formulas_stay_names() {
        let row = |concept: &str, worker: &str| StockRow {
            concept: Some(concept.into()),
            status: Status::Other(24999),
            worker: Worker::User(worker.to_owned()),
            day: "2026-01-31".to_owned(),
            annotations: 3,
        };
        let statistics = Statistics {
            stock: vec![row("=HYPERLINK(\"http://x\",\"y\")", "@bob"), row("a, \"b\"", "-carol")],
            days: vec![DayRow { day: "2026-02-01".to_owned(), status: Status::Success, decisions: -2 }],
        };
        let text = statistics_csv(&statistics, |id| id.0.clone());
        let expected = "what,day,concept,status,worker,count\r\n\
            annotations,2026-01-31,\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\",status 24999,'@bob,3\r\n\
            annotations,2026-01-31,\"a, \"\"b\"\"\",status 24999,'-carol,3\r\n\
            decisions,2026-02-01,,approved,,-2\r\n";
        assert_eq!(text, expected, "quoted, and nothing to compute");
    }
}
