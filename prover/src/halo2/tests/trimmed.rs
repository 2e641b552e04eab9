//! Keys without the columns that a layout leaves empty.

use super::*;

/// A table that leaves the optional columns empty has the key, and so the proofs, of a set without them.
#[test]
fn empty_columns_cost_nothing() {
    let rounds = Honest::<Rounds>::new(1, 5);
    let trimmed = Honest::<Trimmed>::new(1, 5);
    assert_eq!(trimmed.key.verifying_key(), rounds.key.verifying_key());
    let description = trimmed.key.verifying_key().description();
    assert_eq!(description.fixed.len(), 4);
    assert!(rounds.both(&trimmed.public, &trimmed.proof, "of the trimmed key"));
}

/// A table that fills one has its gate, and only that.
#[test]
fn filled_columns_are_kept_with_their_gates() {
    let (without, with) = (Honest::<Trimmed>::new(1, 5), Honest::<Trimmed>::new(Trimmed::USED, 5));
    assert!(with.both(&with.public, &with.proof, "honest"));
    let [less, more] = [&without, &with].map(|honest| honest.key.verifying_key().description());
    assert_eq!(more.fixed.len(), 5);
    assert_eq!(more.gates.len(), less.gates.len() + 1);
    assert!(
        more.advice_queries.iter().all(|query| query.rotation <= 1),
        "those of the empty column are gone"
    );
    let (_, advice, public) = Trimmed::table(Trimmed::USED, 5);
    let mut wrong = advice.clone();
    wrong[3][2] += Fr::ONE;
    let error = with.key.prove(&with.srs, &wrong, &public, &Silent).unwrap_err();
    assert!(matches!(error, ProveError::Unsatisfied(VerifyError::Rejected)), "{error}");
    // The cell means nothing where the column is empty.
    let (_, mut free, public) = Trimmed::table(1, 5);
    free[3][2] += Fr::ONE;
    without.key.prove(&without.srs, &free, &public, &Silent).unwrap();
}

#[test]
fn a_trimmed_key_survives_its_file_and_says_what_it_has() {
    for variant in [1, Trimmed::USED] {
        let honest = Honest::<Trimmed>::new(variant, 5);
        let mut body = Vec::new();
        honest.key.write_body(&mut body).unwrap();
        let key = TableKey::<Trimmed>::parse(&body).unwrap();
        assert_eq!(key.verifying_key(), honest.key.verifying_key());
        let mut again = Vec::new();
        key.write_body(&mut again).unwrap();
        assert!(again == body);
        let (_, advice, public) = Trimmed::table(variant, 6);
        let proof = key.prove(&honest.srs, &advice, &public, &Silent).unwrap();
        assert!(honest.both(&public, &proof, "from a file"));
        // Any other set of columns, or one that does not exist.
        let at = 8 + honest.key.verifying_key().to_payload().len();
        for bit in 0..8 {
            let mut other = body.clone();
            other[at] ^= 1 << bit;
            let error = TableKey::<Trimmed>::parse(&other).map(|_| ()).unwrap_err();
            assert_eq!(error, ("gates", "not the ones of this program"), "bit {bit}");
        }
        let error = TableKey::<Trimmed>::parse(&body[..at]).map(|_| ()).unwrap_err();
        assert_eq!(error, ("gates", "not the ones of this program"));
    }
}

/// Too few columns is an error of the layout, not taken for empty ones.
#[test]
fn missing_columns_are_not_empty_ones() {
    let mut layout = Trimmed::table(1, 5).0;
    layout.fixed.truncate(4);
    let error = TableKey::<Trimmed>::setup(&layout, &srs(Trimmed::K)).map(|_| ()).unwrap_err();
    assert!(matches!(error, SetupError::Layout(LayoutError::Fixed { found: 4, expected: 6 })), "{error}");
}

/// What a claim pays that takes hashes of width 9 and no others, and that a proof of one comes out of no other table.
#[test]
fn hashes_of_width_9_are_proven_with_their_own_gates() {
    let honest = Honest::<ClaimGates>::new(2, 5);
    let description = honest.key.verifying_key().description();
    // The ten coefficients, one selector of arithmetic, nine of the hash.
    assert_eq!(description.fixed.len(), 20);
    let previous = description.advice_queries.iter().filter(|query| query.rotation == -1);
    assert_eq!(previous.map(|query| query.column).collect::<Vec<_>>(), [3, 4, 5]);

    let (layout, advice, public) = ClaimGates::table(2, 5);
    let last = layout.rows - 1;
    assert_eq!(layout.cost["poseidon t=9"], 46);
    for (column, row) in
        [(3, last), (5, last), (0, last), (2, last - 6), (4, last - 7), (3, last - 12), (0, last - 22)]
    {
        let mut wrong = advice.clone();
        wrong[column][row] += Fr::ONE;
        let error = honest.key.prove(&honest.srs, &wrong, &public, &Silent).unwrap_err();
        assert!(matches!(error, ProveError::Unsatisfied(VerifyError::Rejected)), "{column} {row}: {error}");
    }
}
