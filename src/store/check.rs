//! Looking for damage, in the background.

use super::reader::{Reader, read_journal_row};
use super::tables::{DAMAGED_INPUT, read_input};
use super::{DamagedRow, Stop, StoreError, Table, rest_between};

/// What a full check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IntegrityReport {
    /// What `SQLite` says of the file; empty: nothing.
    pub problems: Vec<String>,
    /// Rows whose checksum is wrong or that cannot be read.
    pub damaged: Vec<DamagedRow>,
}

impl IntegrityReport {
    /// Nothing was found.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.problems.is_empty() && self.damaged.is_empty()
    }
}

impl Reader {
    /// From now on it takes its time, so that it is in nobody's way; and [`Stop::stop`] ends what it does.
    ///
    /// # Errors
    /// Where the connection does not take it.
    pub fn rest_between(&mut self, stop: &Stop) -> Result<(), StoreError> {
        rest_between(&mut self.conn, stop)
    }

    /// Checks the whole file and the checksum of every row: about half a second for 100,000 annotations. Damage is
    /// part of the answer, not an error.
    ///
    /// # Errors
    /// Where the database cannot be read at all.
    pub fn check(&self) -> Result<IntegrityReport, StoreError> {
        let mut report = IntegrityReport::default();
        match self.integrity() {
            Ok(problems) => report.problems = problems,
            Err(error) => report.problems.push(error.to_string()),
        }
        match self.damaged_records() {
            Ok(damaged) => report.damaged = damaged,
            Err(error) => report.problems.push(format!("annotations: {error}")),
        }
        match self.damaged_inputs() {
            Ok(damaged) => report.damaged.extend(damaged),
            Err(error) => report.problems.push(format!("images: {error}")),
        }
        match self.damaged_journal() {
            Ok(damaged) => report.damaged.extend(damaged),
            Err(error) => report.problems.push(format!("history: {error}")),
        }
        Ok(report)
    }

    fn integrity(&self) -> Result<Vec<String>, StoreError> {
        let mut statement = self.conn.prepare(include_str!("sql/integrity.sql"))?;
        let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
        let lines: Vec<String> = lines.collect::<Result<_, _>>()?;
        Ok(lines.into_iter().filter(|line| line != "ok").collect())
    }

    fn damaged_inputs(&self) -> Result<Vec<DamagedRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(include_str!("sql/salvage_inputs.sql"))?;
        let mut rows = statement.query([0, i64::MAX])?;
        let mut damaged = Vec::new();
        while let Some(row) = rows.next()? {
            let what = match read_input(row) {
                Ok(input) if input.state.image_error.as_deref() != Some(DAMAGED_INPUT) => continue,
                Ok(_) => "its checksum is wrong".to_owned(),
                Err(error) => error.to_string(),
            };
            damaged.push(DamagedRow {
                table: Table::Input,
                row_id: row.get(9).unwrap_or(-1),
                lid: None,
                input_id: row.get(0).ok(),
                what,
            });
        }
        Ok(damaged)
    }

    fn damaged_journal(&self) -> Result<Vec<DamagedRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(include_str!("sql/history.sql"))?;
        let mut rows = statement.query([i64::MAX, -1])?;
        let mut damaged = Vec::new();
        while let Some(row) = rows.next()? {
            if let Err(error) = read_journal_row(row) {
                damaged.push(DamagedRow {
                    table: Table::Journal,
                    row_id: row.get(0).unwrap_or(-1),
                    lid: None,
                    input_id: row.get(5).unwrap_or_default(),
                    what: error.to_string(),
                });
            }
        }
        Ok(damaged)
    }
}
