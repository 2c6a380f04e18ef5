//! Readers and writers of other programs' annotation files.
//!
//! May use model and geometry. Invariants: bytes and readers in, records out; no file is opened here and nothing is
//! decided about one; what a format cannot hold is said ([`Losses`]), what is wrong is named with its place
//! ([`Problem`]), and neither stops the good rest; what a file says beyond what this program understands is kept
//! ([`Object::kept`], [`ImageRef::kept`]) and written back when the same format is written.
//!
//! Positions in records are those of the file's own frame ([`Frame`]), turned into pixel corners (the top left pixel
//! spans 0..1): a reader of a format that counts pixels from 1 subtracts, a writer adds.
//!
//! | file | what |
//! |---|---|
//! | `record` | what readers hand out and writers take |
//! | `loss` | what a format cannot hold, counted |
//! | `origin` | what an annotation remembers of the file that it came from |
//! | `own` | a member of this program's own in files of others |
//! | `fit` | what becomes of a shape where a format has no place for it |
//! | `list` | a JSON list written element by element |
//! | `text`, `json`, `xml`, `number` | reading and writing text |
//! | `mask`, `curve` | run lengths to rings; ellipses, circles and turned boxes to rings |
//! | `coco`, `yolo`, `voc`, `labelme`, `cvat` | read and written |
//! | `label_studio`, `via` | read |

pub mod coco;
pub mod curve;
pub mod cvat;
pub mod fit;
pub mod json;
pub mod label_studio;
pub mod labelme;
mod list;
mod loss;
pub mod mask;
pub mod number;
pub mod origin;
mod own;
mod record;
pub mod text;
pub mod via;
pub mod voc;
mod which;
pub mod xml;
pub mod yolo;

pub use list::List;
pub use loss::{Loss, Losses};
pub use record::{Class, Found, Frame, ImageRef, Item, Object, OutImage, Place, Problem, Sink};
pub use which::Format;
