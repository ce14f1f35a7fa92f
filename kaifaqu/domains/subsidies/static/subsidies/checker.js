// The check on the page: the same conditions as on the server, which writes them into the page as data. An answer is true,
// false, or null where it is not known; what is asked of the page stays on it.
"use strict";

const compared = {
  "in": (value, bound) => bound.includes(value),
  "<=": (value, bound) => value <= bound, ">=": (value, bound) => value >= bound,
  "<": (value, bound) => value < bound, ">": (value, bound) => value > bound,
};

function holds(condition, facts) {
  const [operation, ...parts] = condition;
  if (operation === "all" || operation === "any") {
    const decides = operation === "any";
    let answer = !decides;
    for (const part of parts) {
      const found = holds(part, facts);
      if (found === decides) { return decides; }
      if (found === null) { answer = null; }
    }
    return answer;
  }
  const [fact, bound] = parts;
  return facts[fact] === undefined || facts[fact] === null ? null : compared[operation](facts[fact], bound);
}

function amountOf(by, facts) {
  const kind = by.amounts[facts.new_power];
  if (!kind) { return null; }
  if (!kind.share) { return kind.most; }
  if (facts.price === undefined || facts.price === null) { return null; }
  return Math.min(kind.most, Math.floor((facts.price * kind.share * 2 + 1e6) / 2e6)); // 分 times ten-thousandths, halves up
}

// As per cent the share of the price that is paid, or null where a fixed amount or the limit decides.
function decidingShare(by, facts) {
  const kind = by.amounts[facts.new_power];
  return kind && kind.share && facts.price !== undefined && facts.price !== null && facts.price * kind.share < kind.most * 1e6 ? kind.percent : null;
}

// Which of the server's sentences tell what to do next.
function stepsOf(eligible, missing, paid, topUp, percent) {
  if (eligible === "no") { return ["refused"]; }
  const first = missing.length ? "lacking" : eligible === "unclear" ? "ask" : !topUp ? "settled" : paid ? "rest" : "first";
  return percent ? [first, "share"] : [first];
}

function judge(by, facts) {
  const failing = [], unclear = [];
  for (const clause of by.clauses) {
    const open = clause.open && holds(clause.open, facts) === true;
    const answer = open ? null : holds(clause.holds, facts);
    if (answer === null) { unclear.push({...clause, isOpen: open}); } else if (!answer) { failing.push(clause); }
  }
  const missing = by.needed.filter((name) => {
    const when = by.when[name];
    return (facts[name] === undefined || facts[name] === null)
      && (!when || facts[when[0]] === undefined || facts[when[0]] === null || facts[when[0]] === when[1]);
  });
  const amount = amountOf(by, facts), paid = facts.already_paid, percent = decidingShare(by, facts);
  const eligible = failing.length ? "no" : unclear.length || missing.length ? "unclear" : "yes";
  const topUp = failing.length || amount === null || paid === undefined || paid === null ? null : Math.max(0, amount - paid);
  return {eligible, amount, topUp, failing, unclear, missing, percent, next: stepsOf(eligible, missing, paid, topUp, percent)};
}
