// Knowledge of a leaf's secret under a MiMC-like Merkle root, and of an amount of 16 bits above a public minimum.
// Written for the tests of popw: its constants are not those of any standard. Do not use it for anything else.
pragma circom 2.0.0;

// x ↦ (x + k + c)^7, ROUNDS times.
template Permute(rounds) {
    signal input x;
    signal input k;
    signal output out;
    signal square[rounds];
    signal fourth[rounds];
    signal sixth[rounds];
    signal state[rounds + 1];
    state[0] <== x;
    for (var i = 0; i < rounds; i++) {
        var t = state[i] + k + (i * i + 1) * 1234567890123456789;
        square[i] <== t * t;
        fourth[i] <== square[i] * square[i];
        sixth[i] <== fourth[i] * square[i];
        state[i + 1] <== sixth[i] * t;
    }
    out <== state[rounds] + k;
}

template Hash(rounds) {
    signal input left;
    signal input right;
    signal output out;
    component first = Permute(rounds);
    component second = Permute(rounds);
    first.x <== left;
    first.k <== 7;
    second.x <== right;
    second.k <== first.out + left;
    out <== second.out + right;
}

template Bits(n) {
    signal input value;
    signal bit[n];
    var sum = 0;
    for (var i = 0; i < n; i++) {
        bit[i] <-- (value >> i) & 1;
        bit[i] * (bit[i] - 1) === 0;
        sum += bit[i] * (1 << i);
    }
    sum === value;
}

template Member(depth, rounds) {
    signal input minimum;
    signal input secret;
    signal input amount;
    signal input side[depth];
    signal input sibling[depth];
    signal output root;
    signal output nullifier;

    component leaf = Hash(rounds);
    leaf.left <== secret;
    leaf.right <== amount;
    component enough = Bits(16);
    enough.value <== amount - minimum;

    component level[depth];
    signal swap[depth];
    signal node[depth + 1];
    node[0] <== leaf.out;
    for (var i = 0; i < depth; i++) {
        side[i] * (side[i] - 1) === 0;
        level[i] = Hash(rounds);
        swap[i] <== side[i] * (sibling[i] - node[i]);
        level[i].left <== node[i] + swap[i];
        level[i].right <== sibling[i] - swap[i];
        node[i + 1] <== level[i].out;
    }
    root <== node[depth];

    component spent = Hash(rounds);
    spent.left <== secret;
    spent.right <== 1;
    nullifier <== spent.out;
}

component main { public [minimum, sibling] } = Member(2, 10);
