//! Readers and writers of other programs' annotation files. Pure: bytes in, model out.
