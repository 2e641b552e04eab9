//! A recorded table as halo2 sees it: columns, gates, copies, nothing else.
//!
//! Selectors are ordinary fixed columns, so halo2 neither compresses nor rearranges anything, and the degree is pinned
//! to what gates and lookups need, so that halo2's environment variable `MAX_DEGREE` has no say.

use std::marker::PhantomData;

use halo2_proofs::{
    circuit::{Layouter, SimpleFloorPlanner, Value},
    halo2curves::bn256::Fr,
    plonk::{Advice, Circuit, Column, ConstraintSystem, Error, Expression, Fixed, Instance},
};

use super::{
    convert,
    present::{Present, trimmed},
    table::{self, Layout},
};

/// The gates of a family of tables, over columns whose number they fix.
pub trait GateSet: 'static {
    /// Advice columns. All take part in copy constraints, as does the one column of public inputs.
    const ADVICE: usize;
    /// Fixed columns.
    const FIXED: usize;
    /// Whether a key leaves out the fixed columns that its layout leaves empty, and all that is multiplied by them.
    const TRIMMED: bool = false;

    /// The constraints over these columns.
    fn constraints(advice: &[Column<Advice>], fixed: &[Column<Fixed>]) -> Constraints;
}

/// An input, and the table expression it is looked up in.
pub type LookupPair = (Expression<Fr>, Expression<Fr>);

/// What must hold in every row.
#[derive(Default)]
pub struct Constraints {
    /// Named groups of polynomials that are zero.
    pub gates: Vec<(&'static str, Vec<Expression<Fr>>)>,
    /// Named lookups.
    pub lookups: Vec<(&'static str, Vec<LookupPair>)>,
}

impl Constraints {
    /// The degree the constraint system needs: at least 3, for the permutation argument.
    fn degree(&self) -> usize {
        let gates = self.gates.iter().flat_map(|(_, polynomials)| polynomials).map(Expression::degree);
        let lookups = self.lookups.iter().map(|(_, pairs)| {
            let inputs = pairs.iter().map(|(input, _)| input.degree()).fold(1, usize::max);
            let tables = pairs.iter().map(|(_, table)| table.degree()).fold(1, usize::max);
            2 + inputs + tables
        });
        gates.chain(lookups).fold(3, usize::max)
    }
}

/// A layout being replayed for halo2's key generation.
pub(super) struct Replay<'a, G> {
    layout: &'a Layout,
    gates: PhantomData<G>,
}

impl<'a, G: GateSet> Replay<'a, G> {
    /// The layout must have been checked ([`table::check`]).
    pub fn new(layout: &'a Layout) -> Self {
        Self { layout, gates: PhantomData }
    }
}

#[derive(Clone)]
pub(super) struct Columns {
    advice: Vec<Column<Advice>>,
    /// By position in a layout; those that the key has.
    fixed: Vec<Option<Column<Fixed>>>,
    instance: Column<Instance>,
}

impl<G: GateSet> Circuit<Fr> for Replay<'_, G> {
    type Config = Columns;
    type FloorPlanner = SimpleFloorPlanner;
    type Params = Present;

    fn without_witnesses(&self) -> Self {
        Self::new(self.layout)
    }

    fn params(&self) -> Present {
        Present::of::<G>(self.layout)
    }

    fn configure(meta: &mut ConstraintSystem<Fr>) -> Columns {
        Self::configure_with_params(meta, Present::all::<G>())
    }

    fn configure_with_params(meta: &mut ConstraintSystem<Fr>, present: Present) -> Columns {
        let advice: Vec<_> = (0..G::ADVICE).map(|_| meta.advice_column()).collect();
        let fixed: Vec<_> = present.iter().map(|present| present.then(|| meta.fixed_column())).collect();
        let instance = meta.instance_column();
        for column in &advice {
            meta.enable_equality(*column);
        }
        meta.enable_equality(instance);

        // Gates are made over all columns, then those that are not there are taken out.
        let mut whole = ConstraintSystem::<Fr>::default();
        let every: Vec<_> = (0..G::FIXED).map(|_| whole.fixed_column()).collect();
        let constraints = trimmed(G::constraints(&advice, &every), &fixed);
        meta.set_minimum_degree(constraints.degree());
        for (name, polynomials) in constraints.gates {
            meta.create_gate(name, |_| polynomials);
        }
        for (name, pairs) in constraints.lookups {
            meta.lookup_any(name, |_| pairs);
        }
        Columns { advice, fixed, instance }
    }

    fn synthesize(&self, columns: Columns, mut layouter: impl Layouter<Fr>) -> Result<(), Error> {
        let mut public = Vec::new();
        layouter.assign_region(
            || "table",
            |mut region| {
                for (column, values) in columns.fixed.iter().zip(&self.layout.fixed) {
                    let Some(column) = column else { continue };
                    for (row, value) in values.iter().enumerate() {
                        region.assign_fixed(*column, row, convert::scalar(value));
                    }
                }
                for (left, right) in &self.layout.copies {
                    let mut cell = |cell: &table::Cell| match cell.column {
                        table::Column::Advice(column) => {
                            let column = columns.advice[usize::from(column)];
                            let unknown: Value<Fr> = Value::unknown();
                            Some(region.assign_advice(column, cell.row as usize, unknown).cell())
                        }
                        table::Column::Instance => None,
                    };
                    match (cell(left), cell(right)) {
                        (Some(a), Some(b)) => region.constrain_equal(a, b),
                        (Some(a), None) => public.push((a, right.row as usize)),
                        (None, Some(b)) => public.push((b, left.row as usize)),
                        (None, None) => {}
                    }
                }
                Ok(())
            },
        )?;
        for (cell, row) in public {
            layouter.constrain_instance(cell, columns.instance, row);
        }
        Ok(())
    }
}
