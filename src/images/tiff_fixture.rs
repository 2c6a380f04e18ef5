//! Writes tiled TIFFs and BigTIFFs for tests; the encoders at hand write strips only. After the TIFF 6.0 specification,
//! sections 2 and 15, and the `BigTIFF` design of libtiff.

use super::Picture;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Offsets of 32 bits.
    Classic,
    /// Offsets of 64 bits.
    Big,
}

/// The RGB8 `picture` as uncompressed tiles of `side_px`, little endian.
pub fn tiled(picture: &Picture, side_px: u32, kind: Kind) -> Vec<u8> {
    let (width, height) = (picture.width_px(), picture.height_px());
    let (columns, rows) = (width.div_ceil(side_px), height.div_ceil(side_px));
    let mut file = match kind {
        Kind::Classic => b"II*\0\0\0\0\0".to_vec(),
        Kind::Big => b"II+\0\x08\0\0\0\0\0\0\0\0\0\0\0".to_vec(),
    };
    let mut offsets = Vec::new();
    for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
        offsets.push(file.len() as u64);
        for y in 0..side_px {
            for x in 0..side_px {
                let [r, g, b, _] = picture.pixel(column * side_px + x, row * side_px + y);
                file.extend([r, g, b]);
            }
        }
    }
    let bytes = u64::from(side_px) * u64::from(side_px) * 3;
    let counts = vec![bytes; offsets.len()];
    let entries: [(u16, u16, Vec<u64>); 11] = [
        (256, 4, vec![width.into()]),
        (257, 4, vec![height.into()]),
        (258, 3, vec![8, 8, 8]),
        (259, 3, vec![1]),
        (262, 3, vec![2]),
        (277, 3, vec![3]),
        (284, 3, vec![1]),
        (322, 4, vec![side_px.into()]),
        (323, 4, vec![side_px.into()]),
        (324, if kind == Kind::Big { 16 } else { 4 }, offsets),
        (325, 4, counts),
    ];
    let fields: Vec<Vec<u8>> =
        entries.iter().map(|(tag, form, values)| field(&mut file, kind, *tag, *form, values)).collect();
    let directory = file.len() as u64;
    match kind {
        Kind::Classic => {
            file.extend((u16::try_from(fields.len()).expect("few")).to_le_bytes());
            file.extend(fields.concat());
            file.extend([0; 4]);
            file[4..8].copy_from_slice(&u32::try_from(directory).expect("a small file").to_le_bytes());
        }
        Kind::Big => {
            file.extend((fields.len() as u64).to_le_bytes());
            file.extend(fields.concat());
            file.extend([0; 8]);
            file[8..16].copy_from_slice(&directory.to_le_bytes());
        }
    }
    file
}

/// A directory entry; what does not fit into it goes to the end of the file.
fn field(file: &mut Vec<u8>, kind: Kind, tag: u16, form: u16, values: &[u64]) -> Vec<u8> {
    let size = match form {
        3 => 2,
        4 => 4,
        _ => 8,
    };
    let mut body: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()[..size].to_vec()).collect();
    let room = if kind == Kind::Big { 8 } else { 4 };
    if body.len() > room {
        let offset = (file.len() as u64).to_le_bytes();
        file.extend(body);
        body = offset[..room].to_vec();
    }
    body.resize(room, 0);
    let count = (values.len() as u64).to_le_bytes();
    [&tag.to_le_bytes()[..], &form.to_le_bytes()[..], &count[..room], &body].concat()
}
