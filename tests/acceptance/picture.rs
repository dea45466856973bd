//! Pictures of any size, made here.

/// A grey PNG of so many pixels.
pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let head = [width.to_be_bytes().as_slice(), &height.to_be_bytes(), &[8, 0, 0, 0, 0]].concat();
    // Each row: no filter, then its pixels.
    let row = [vec![0], vec![0x80; width as usize]].concat();
    let pixels = row.repeat(height as usize);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, data) in [(b"IHDR", head), (b"IDAT", zlib(&pixels)), (b"IEND", Vec::new())] {
        let named = [name.as_slice(), &data].concat();
        png.extend(u32::try_from(data.len()).expect("a small picture").to_be_bytes());
        png.extend(&named);
        png.extend(crc(&named).to_be_bytes());
    }
    png
}

/// The bytes as they are, in blocks that are not compressed.
fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let blocks = bytes.chunks(0xffff);
    let last = blocks.len();
    for (number, block) in blocks.enumerate() {
        let length = u16::try_from(block.len()).expect("the size of a block");
        stream.push(u8::from(number + 1 == last));
        stream.extend([length, !length].map(u16::to_le_bytes).concat());
        stream.extend(block);
    }
    stream.extend(adler(bytes).to_be_bytes());
    stream
}

fn adler(bytes: &[u8]) -> u32 {
    let (low, high) = bytes.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    high << 16 | low
}

fn crc(bytes: &[u8]) -> u32 {
    let shift = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0_u32, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), shift))
}
