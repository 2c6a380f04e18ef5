//! The format of the database and how an older one is brought up to date.

use super::StoreError;
use super::connect::APPLICATION_ID;
use rusqlite::{Connection, TransactionBehavior};

/// Step n brings format n to format n + 1; a new project goes through all of them.
pub(super) const STEPS: &[&str] =
    &[include_str!("sql/schema_1.sql"), include_str!("sql/schema_2.sql"), include_str!("sql/schema_3.sql")];

/// What the header of a database says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub application_id: i64,
    pub format: i64,
}

/// The format that `steps` lead to.
pub(super) fn newest(steps: &[&str]) -> i64 {
    i64::try_from(steps.len()).unwrap_or(i64::MAX)
}

/// Reads the header; an error means that this is no database.
pub(super) fn stamp(conn: &Connection) -> rusqlite::Result<Stamp> {
    Ok(Stamp {
        application_id: conn.pragma_query_value(None, "application_id", |row| row.get(0))?,
        format: conn.pragma_query_value(None, "user_version", |row| row.get(0))?,
    })
}

/// Runs what is missing, in one transaction: all or nothing.
pub(super) fn migrate(conn: &mut Connection, steps: &[&str]) -> Result<(), StoreError> {
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let from = usize::try_from(stamp(&transaction)?.format)
        .map_err(|error| StoreError::Content(format!("the format number: {error}")))?;
    for step in steps.iter().skip(from) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", newest(steps))?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_fails_leaves_the_old_format_whole() {
        let mut conn = Connection::open_in_memory().expect("memory");
        let one = "CREATE TABLE a (x) STRICT".replace("(x)", "(x INTEGER)");
        migrate(&mut conn, &[&one]).expect("the first step");
        conn.execute("INSERT INTO a VALUES (7)", []).expect("a row");
        let broken = "ALTER TABLE a ADD COLUMN y INTEGER; CREATE TABLE a (again INTEGER)";
        assert!(migrate(&mut conn, &[&one, broken]).is_err());
        assert_eq!(stamp(&conn).expect("header"), Stamp { application_id: APPLICATION_ID, format: 1 });
        assert!(conn.prepare("SELECT y FROM a").is_err(), "the half that worked was taken back");
        let good = "ALTER TABLE a ADD COLUMN y INTEGER";
        migrate(&mut conn, &[&one, good]).expect("the second step");
        let row: (i64, Option<i64>) =
            conn.query_row("SELECT x, y FROM a", [], |row| Ok((row.get(0)?, row.get(1)?))).expect("the row");
        assert_eq!((row, stamp(&conn).expect("header").format), ((7, None), 2));
    }

    #[test]
    fn what_every_start_asks_goes_by_an_index() {
        let mut conn = Connection::open_in_memory().expect("memory");
        migrate(&mut conn, STEPS).expect("a project");
        for (question, index) in [
            (include_str!("sql/annotations_not_clean.sql"), "annotation_not_clean"),
            (include_str!("sql/concept_use.sql"), "annotation_tally"),
            (include_str!("sql/counts.sql"), "annotation_counts"),
        ] {
            let mut plan = conn.prepare(&format!("EXPLAIN QUERY PLAN {question}")).expect(index);
            let steps =
                plan.query_map([], |row| row.get::<_, String>(3)).and_then(Iterator::collect::<Result<Vec<_>, _>>);
            let steps = steps.expect("a plan").join("; ");
            assert!(steps.contains(index), "{index}: {steps}");
        }
    }
}
