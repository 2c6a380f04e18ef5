//! Status codes: numbers on the wire in answers, names in requests.

use serde::{Serialize, Serializer};
use std::fmt;

/// A status code of the API, e.g. 10000 for success. Unknown numbers are kept as they are; 0 means not set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StatusCode(pub u32);

macro_rules! codes {
    ($($number:literal $name:ident $text:literal;)*) => {
        impl StatusCode {
            $(#[doc = $text] pub const $name: Self = Self($number);)*

            /// The code of that name (as the protobuf enum spells it); 0 for a name that we do not know.
            #[must_use]
            pub fn from_name(name: &str) -> Self {
                match name { $(stringify!($name) => Self($number),)* _ => Self(0) }
            }

            /// What the code means, in the API's own words.
            #[must_use]
            pub const fn description(self) -> &'static str {
                match self.0 { $($number => $text,)* _ => "Unknown status" }
            }

            /// Every code that this program knows.
            pub const ALL: &'static [Self] = &[$(Self($number)),*];
        }

        /// The protobuf name of a code; `None` for one that we do not know.
        #[must_use]
        pub const fn status_name(code: StatusCode) -> Option<&'static str> {
            match code.0 { $($number => Some(stringify!($name)),)* _ => None }
        }
    };
}

codes! {
    0 ZERO "Not set";
    10000 SUCCESS "Ok";
    10010 MIXED_STATUS "Mixed Success";
    10020 FAILURE "Failure";
    10030 TRY_AGAIN "Try again";
    10040 NOT_IMPLEMENTED "Not implemented";
    11000 CONN_ACCOUNT_ISSUES "Account issues";
    11001 CONN_TOKEN_INVALID "Token invalid";
    11002 CONN_CREDENTIALS_INVALID "Invalid credentials";
    11003 CONN_EXCEED_HOURLY_LIMIT "Exceeded hourly limit";
    11004 CONN_EXCEED_MONTHLY_LIMIT "Exceeded monthly limit";
    11005 CONN_THROTTLED "Making too many requests";
    11006 CONN_EXCEEDS_LIMITS "Exceeds limits";
    11007 CONN_INSUFFICIENT_SCOPES "Insufficient scopes";
    11008 CONN_KEY_INVALID "Invalid API key or Invalid API key/application pair";
    11009 CONN_KEY_NOT_FOUND "API key not found";
    11100 CONN_BAD_REQUEST_FORMAT "Bad request format";
    11101 CONN_DOES_NOT_EXIST "Resource does not exist";
    11102 CONN_INVALID_REQUEST "Invalid request";
    11103 CONN_METHOD_NOT_ALLOWED "Method not allowed";
    11104 CONN_NO_GDPR_CONSENT "No consent";
    11200 CONN_AUTH_METHOD_DISABLED "Authentication method disabled";
    23150 CONCEPT_MODIFY_SUCCESS "Concept modified";
    23151 CONCEPT_MODIFY_PENDING "Concept modification pending";
    23152 CONCEPT_MODIFY_FAILED "Concept modification failed";
    24150 ANNOTATION_SUCCESS "Annotation success";
    24151 ANNOTATION_PENDING "Annotation pending";
    24152 ANNOTATION_FAILED "Annotation failed";
    24154 ANNOTATION_UNKNOWN_STATUS "Annotation unknown status";
    24155 ANNOTATION_INVALID_ARGUMENT "Annotation invalid argument";
    24156 ANNOTATION_PERMISSION_DENIED "Annotation permission denied";
    24157 ANNOTATION_AWAITING_REVIEW "Annotation awaiting review";
    24158 ANNOTATION_REVIEW_DENIED "Annotation review denied";
    24159 ANNOTATION_AWAITING_CONSENSUS_REVIEW "Annotation awaiting consensus review";
    24250 ANNOTATION_MODIFY_SUCCESS "Annotation modify success";
    24251 ANNOTATION_MODIFY_PENDING "Annotation modify pending";
    24252 ANNOTATION_MODIFY_FAILED "Annotation modify failed";
    30000 INPUT_SUCCESS "Download complete";
    30001 INPUT_PENDING "Download pending";
    30002 INPUT_FAILED "Download failed";
    30003 INPUT_IN_PROGRESS "Download in progress";
    30100 INPUT_DUPLICATE "Duplicate URL";
    30102 INPUT_DOES_NOT_EXIST "Input does not exist";
    30103 INPUT_PERMISSION_DENIED "Input permission denied";
    30104 INPUT_INVALID_ARGUMENT "Input invalid argument";
    30105 INPUT_OVER_LIMIT "Input over limit";
    30106 INPUT_INVALID_URL "Input invalid URL";
    39997 REQUEST_DISABLED_FOR_MAINTENANCE "Request disabled for maintenance";
    39998 REQUEST_TEMPORARILY_DISABLED "Request temporarily disabled";
    39999 INPUT_INVALID_REQUEST "Invalid request";
    40002 SEARCH_INVALID_REQUEST "Invalid search request";
    40003 CONCEPTS_INVALID_REQUEST "Invalid request";
    40010 DATABASE_DUPLICATE_KEY "Object has a duplicate ID; another object with same ID already exist";
    40011 DATABASE_STATEMENT_ERROR "Database statement error";
    40012 DATABASE_INVALID_ROWS_AFFECTED "Database rows affected";
    40013 DATABASE_DEADLOCK_DETECTED "Database deadlock";
    40014 DATABASE_FAIL_TASK "Database task failed";
    40015 DATABASE_FAIL_TO_GET_CONNECTION "Database connection failed";
    40016 DATABASE_TOO_MANY_CLIENTS "Database busy";
    40017 DATABASE_CONSTRAINT_VIOLATED "Database constraint violated";
    40020 ASYNC_WORKER_MULTI_ERRORS "Worker errors";
    40030 RPC_SERVER_BUSY "Server busy";
    40031 RPC_SERVER_UNAVAILABLE "Server unavailable";
    40032 RPC_REQUEST_TIMED_OUT "Request timed out";
    40033 RPC_MAX_MESSAGE_SIZE_EXCEEDED "The request sent is larger than the allowed limit";
    98004 INTERNAL_SERVER_ISSUE "Internal server issue";
    98014 INTERNAL_RESOURCE_EXHAUSTED "Internal resource exhausted";
    99004 ANNOTATION_UNCATEGORIZED "Annotation uncategorized";
    99009 INTERNAL_UNCATEGORIZED "Internal uncategorized";
}

impl fmt::Display for StatusCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match status_name(*self) {
            Some(name) => write!(f, "{} {name}", self.0),
            None => write!(f, "{}", self.0),
        }
    }
}

impl Serialize for StatusCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.0)
    }
}
