//! The recorded table, and whether it fits the gates.

pub use popw_circuits::drivers::plonkish::{Cell, Column, Layout};

/// Why a layout does not fit its gates or its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LayoutError {
    /// More rows than are left beside the blinding rows.
    #[error("{rows} rows in use, but 2^{k} rows leave {usable}")]
    Rows {
        /// Rows in use, or public inputs.
        rows: usize,
        /// log2 of all rows.
        k: u32,
        /// Rows beside the blinding rows.
        usable: usize,
    },
    /// Another number of fixed columns than the gates have, or columns of different lengths.
    #[error("fixed columns: {found}, the gates have {expected}, each with a value per row in use")]
    Fixed {
        /// Columns of the layout.
        found: usize,
        /// Columns of the gates.
        expected: usize,
    },
    /// A copy constraint names a cell that does not exist, or joins two public inputs.
    #[error("copy constraint {index} names a cell outside the table or joins two public inputs")]
    Copy {
        /// Position among the layout's copies.
        index: usize,
    },
}

/// Checks a layout before it is replayed: halo2 panics where it does not fit.
pub(super) fn check(layout: &Layout, advice: usize, fixed: usize, usable: usize) -> Result<(), LayoutError> {
    for rows in [layout.rows, layout.public] {
        if rows > usable {
            return Err(LayoutError::Rows { rows, k: layout.k, usable });
        }
    }
    if layout.fixed.len() != fixed || layout.fixed.iter().any(|column| column.len() != layout.rows) {
        return Err(LayoutError::Fixed { found: layout.fixed.len(), expected: fixed });
    }
    let inside = |cell: &Cell| match cell.column {
        Column::Advice(column) => usize::from(column) < advice && (cell.row as usize) < layout.rows,
        Column::Instance => (cell.row as usize) < layout.public,
    };
    for (index, (left, right)) in layout.copies.iter().enumerate() {
        let public = [left, right].iter().all(|cell| cell.column == Column::Instance);
        if public || !inside(left) || !inside(right) {
            return Err(LayoutError::Copy { index });
        }
    }
    Ok(())
}
