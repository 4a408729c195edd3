// A bot's own loop in Node: node examples/plain_loop.mjs BTCUSDT < bars.csv (ts,open,high,low,close)
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const [pair] = process.argv.slice(2);
const command = (process.env.QUADRANT ?? "quadrant record").split(" ");
const quadrant = spawn(command[0], command.slice(1), { stdio: ["pipe", "pipe", "inherit"] });
const answers = createInterface({ input: quadrant.stdout })[Symbol.asyncIterator]();
const ask = async (message) => {
  quadrant.stdin.write(JSON.stringify(message) + "\n");
  const answer = JSON.parse((await answers.next()).value);
  if (answer.error) throw new Error(`${answer.error.code}: ${answer.error.message}`);
  return answer;
};
await ask({ start: {
  pattern: "pm.dip.plain.entry", timeframe: "1h", namespace: "plain",
  gates: [{ gate: "drop", direction: "at_least", base: 1, steps: [-0.5, 0, 0.5] },
          { gate: "range", direction: "at_most", base: 4, steps: [-1, 0, 1] }],
  exit: { target: 0.04, stop: 0.03, bars: 48 } } });
const closes = [], HOUR = 3600000, FEE = 0.001;
let trade = null;
for await (const line of createInterface({ input: process.stdin })) {
  const [ts, open, high, low, close] = line.split(",").map(Number);
  const gain = trade && close / trade.price - 1;
  if (trade && (gain > 0.04 || gain < -0.03)) { // the bot's own exits
    const roi = ((1 + gain) * (1 - FEE)) / (1 + FEE) - 1;
    await ask({ closed: { pair, trade: trade.id, roi, opened_at: trade.ts, closed_at: ts + HOUR } });
    trade = null;
  }
  closes.push(close);
  const last = closes.slice(-10), mean = last.reduce((a, b) => a + b) / last.length;
  const values = { drop: 100 * (1 - close / mean), range: 100 * (high / low - 1) };
  const answer = await ask({ bar: { pair, ts, open, high, low, close, values, setup: close < mean } });
  if (answer.passes && !trade) {
    trade = { id: `${pair}-${ts}`, price: close, ts: ts + HOUR };
    await ask({ bought: { tag: answer.tag, trade: trade.id } });
  }
}
quadrant.stdin.end();
