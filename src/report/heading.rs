//! What stands above a column, and what the column holds.

/// The heading of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heading {
    /// May have several lines.
    pub title: &'static str,
    pub kind: ColumnKind,
    /// Where the table is too wide: 0 for a column that stays, and of the others the highest goes first.
    pub spare: u8,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// The name that a row goes by. Like any name it may be shortened: it appears in full elsewhere in a report.
    Subject,
    /// Another name.
    Name,
    /// What decides; it is never shortened.
    Fact,
}

impl Heading {
    pub const fn subject(title: &'static str) -> Self {
        Self { title, kind: ColumnKind::Subject, spare: 0 }
    }

    pub const fn name(title: &'static str) -> Self {
        Self { title, kind: ColumnKind::Name, spare: 0 }
    }

    pub const fn fact(title: &'static str) -> Self {
        Self { title, kind: ColumnKind::Fact, spare: 0 }
    }

    /// The same column, which may go where the table is too wide.
    pub const fn spared(self, spare: u8) -> Self {
        Self { spare, ..self }
    }

    /// The title on one line.
    pub fn line(&self) -> String {
        self.title.replace('\n', " ")
    }

    pub fn is_name(&self) -> bool {
        self.kind != ColumnKind::Fact
    }
}
