//! Fox frames: `fox a 1 -1 fox hello`, then properties between braces as `name=type:value`, one a line.

/// Beginning of a frame that says something.
pub(super) const MAGIC: &[u8] = b"fox a ";
/// End of every frame.
pub(super) const END: &[u8] = b"};;\n";

/// Whether the first line is that of a hello.
pub(super) fn is_hello(frame: &[u8]) -> bool {
    frame.split(|byte| *byte == b'\n').next().is_some_and(|line| line.ends_with(b" fox hello"))
}

/// A line as property and value.
pub(super) fn property(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let equals = line.iter().position(|byte| *byte == b'=')?;
    let (name, rest) = line.split_at_checked(equals)?;
    match rest {
        [b'=', _, b':', value @ ..] => Some((name, value)),
        _ => None,
    }
}
