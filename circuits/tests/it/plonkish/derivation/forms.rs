//! What a rule says of the cells that are not known yet.

use std::collections::{BTreeMap, BTreeSet};

use ark_ff::{Field, Zero};
use popw_core::Fr;

use super::super::{algebra::Linear, programs::READ, system::Rule};
use super::{Change, Derivation, Sum};

/// `Σ weight · unknown cell + constant`.
pub(super) struct Form {
    constant: Fr,
    unknown: Vec<(usize, Fr)>,
}

impl Derivation<'_> {
    /// The rule in its unknown cells, if it is linear in them.
    pub(super) fn form(&self, rule: usize) -> Option<Form> {
        let frame = self.frame;
        let cells = &frame.reads[rule];
        let mut linear = match frame.system.rules[rule] {
            Rule::Copy(_) => self.cell(cells[0], 0) - self.cell(cells[1], 1),
            Rule::Gate { program, row } => {
                let at: BTreeMap<usize, usize> = cells.iter().map(|(cell, i)| (*i, *cell)).collect();
                let fixed = &frame.system.audited.layout.fixed;
                let advice =
                    |i: usize| at.get(&i).map_or(Linear::of(Fr::zero()), |cell| self.cell((*cell, i), i));
                frame.system.programs[program].evaluate(advice, |column| fixed[column][row])
            }
        };
        if let Some((_, Change::Longer(weight))) = self.change.filter(|(changed, _)| *changed == rule) {
            linear = linear + Linear::cell(READ, weight);
        }
        let terms = linear.terms()?;
        let cell =
            |i: usize| cells.iter().find(|(_, place)| *place == i).map_or(frame.extra(), |(cell, _)| *cell);
        let unknown = terms
            .iter()
            .map(|(i, weight)| (cell(*i), *weight))
            .filter(|(cell, _)| self.known[*cell].is_none());
        Some(Form { constant: linear.constant(), unknown: unknown.collect() })
    }

    fn cell(&self, (cell, _): (usize, usize), i: usize) -> Linear {
        match self.known[cell] {
            Some(_) => Linear::of(self.frame.values[cell]),
            None => Linear::cell(i, Fr::from(1u64)),
        }
    }

    pub(super) fn linear(&mut self, rule: usize) {
        let Some(form) = self.form(rule) else { return };
        match form.unknown.as_slice() {
            [] => {}
            [(cell, _)] => self.learn(&[rule], [*cell]),
            [(a, _), (b, _)] if matches!(self.frame.system.rules[rule], Rule::Copy(_)) => {
                match (self.sums[*a].clone(), self.sums[*b].clone()) {
                    (Some(sum), None) => self.name(rule, *b, sum),
                    (None, Some(sum)) => self.name(rule, *a, sum),
                    _ => {}
                }
            }
            _ => self.over_booleans(rule, &form),
        }
    }

    /// A rule all of whose unknown cells, or all but one, are sums.
    fn over_booleans(&mut self, rule: usize, form: &Form) {
        let is_plain = |(cell, _): &&(usize, Fr)| self.sums[*cell].is_none() && *cell != self.frame.extra();
        let mut plain = form.unknown.iter().filter(is_plain);
        match (plain.next(), plain.next()) {
            (None, _) => {
                let Some(sum) = self.equation(form) else { return };
                if self.fixes(&sum) {
                    self.settle(rule, &sum);
                } else {
                    self.equations.insert(rule);
                }
            }
            // Sums of decompositions are of the bits behind them.
            (Some((cell, weight)), None) if !self.frame.is_left_by(rule, *cell) => {
                let (cell, scale) = (*cell, -weight.inverse().expect("not 0"));
                let unknown = form.unknown.iter().filter(|(other, _)| *other != cell);
                let rest = Form { constant: form.constant, unknown: unknown.copied().collect() };
                let Some(mut sum) = self.equation(&rest) else { return };
                sum.constant *= scale;
                sum.bits.values_mut().for_each(|weight| *weight *= scale);
                self.name(rule, cell, sum.into());
            }
            _ => {}
        }
    }

    /// A form over booleans instead of cells, if all its cells are sums.
    pub(super) fn equation(&self, form: &Form) -> Option<Sum> {
        let mut out = Sum { constant: form.constant, ..Sum::default() };
        for (cell, weight) in &form.unknown {
            if *cell == self.frame.extra() {
                out.bits.insert(*cell, *weight);
                continue;
            }
            let sum = self.sums[*cell].as_ref()?;
            out.constant += *weight * sum.constant;
            for (bit, inner) in &sum.bits {
                match self.known[*bit] {
                    Some(_) => {
                        out.constant += *weight * inner * self.frame.values[*bit];
                        out.settled.insert(*bit);
                    }
                    None => *out.bits.entry(*bit).or_default() += *weight * inner,
                }
            }
        }
        out.bits.retain(|_, weight| !weight.is_zero());
        Some(out)
    }

    /// The constraints of a row that are linear in few unknown cells, as a system.
    pub(super) fn together(&mut self, rule: usize) {
        let Rule::Gate { program, row } = self.frame.system.rules[rule] else { return };
        let gate = self.frame.system.programs[program].gate;
        let same = |rule: &usize| match self.frame.system.rules[*rule] {
            Rule::Gate { program, row: at } => at == row && self.frame.system.programs[program].gate == gate,
            Rule::Copy(_) => false,
        };
        // Rules of a row stand side by side.
        let near = rule.saturating_sub(6)..(rule + 7).min(self.frame.reads.len());
        let rules: Vec<usize> =
            near.filter(same).filter(|rule| !self.is_changed(*rule, Change::Dropped)).collect();
        let forms: Vec<Form> = rules.iter().filter_map(|rule| self.form(*rule)).collect();
        let cells: BTreeSet<usize> =
            forms.iter().flat_map(|form| form.unknown.iter().map(|(cell, _)| *cell)).collect();
        if cells.len() > 3 || rank(&forms, &cells) < cells.len() {
            return;
        }
        self.learn(&rules, cells);
    }
}

fn rank(forms: &[Form], cells: &BTreeSet<usize>) -> usize {
    let mut rows: Vec<Vec<Fr>> = forms
        .iter()
        .map(|form| {
            let weight = |cell: &usize| {
                form.unknown.iter().find(|(at, _)| at == cell).map_or(Fr::zero(), |(_, weight)| *weight)
            };
            cells.iter().map(weight).collect()
        })
        .collect();
    let mut rank = 0;
    for column in 0..cells.len() {
        let Some(pivot) = (rank..rows.len()).find(|i| !rows[*i][column].is_zero()) else { continue };
        rows.swap(rank, pivot);
        let pivot = rows[rank].clone();
        for row in &mut rows[rank + 1..] {
            let factor = row[column] / pivot[column];
            row.iter_mut().zip(&pivot).for_each(|(entry, value)| *entry -= factor * value);
        }
        rank += 1;
    }
    rank
}
