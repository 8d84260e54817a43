// Computes the contrast of what tokens.css pairs, in both themes, and fails below the floor of WCAG 2.2 AA.

import { readFileSync } from "node:fs";

const source = readFileSync(new URL("../style/tokens.css", import.meta.url), "utf8");
const themes = [...source.matchAll(/@plugin "daisyui\/theme" \{([^}]*)\}/g)].map(([, block]) =>
  Object.fromEntries([...block.matchAll(/(?:--)?([\w-]+):\s*("?)([^;"]+)\2;/g)].map(([, name, , value]) => [name, value])),
);

const luminance = (hex) => {
  const [r, g, b] = [1, 3, 5]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one, other) => {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};

const surfaces = ["canvas", "color-base-100", "sunken", "hover"];
const words = [
  ...["ink", "ink-muted", "accent-ink"].map((ink) => [ink, surfaces]),
  ...["ok", "warn", "bad", "info"].map((state) => [`${state}-ink`, ["canvas", "color-base-100", "hover", `${state}-soft`]]),
  ...["ok", "warn", "bad", "info", "accent"].map((state) => ["ink", [`${state}-soft`]]),
  ...["bronze", "silver", "gold"].flatMap((layer) => [
    [`${layer}-ink`, [`${layer}-soft`]],
    ["ink", [`${layer}-soft`]],
    ["ink-muted", [`${layer}-soft`]],
  ]),
  ["accent-ink", ["accent-soft"]],
  ["ink", ["mark"]],
  ["chart-text", ["color-base-100"]],
  ...["primary", "secondary", "neutral", "info", "success", "warning", "error"].map((role) => [
    `color-${role}-content`,
    [`color-${role}`],
  ]),
];
const marks = [
  ...["line-strong", "focus", "ok", "warn", "bad", "color-primary"].map((mark) => [mark, ["canvas", "color-base-100"]]),
  ...["bronze", "silver", "gold"].map((layer) => [`${layer}-line`, ["color-base-100"]]),
  ...Array.from({ length: 8 }, (_, index) => [`chart-${index + 1}`, ["color-base-100"]]),
];

let failures = 0;
for (const theme of themes) {
  for (const [pairs, floor] of [
    [words, 4.5],
    [marks, 3],
  ]) {
    for (const [front, backs] of pairs) {
      for (const back of backs) {
        const ratio = contrast(theme[front], theme[back]);
        if (!(ratio >= floor)) {
          failures += 1;
          console.error(`style/tokens.css: ${theme.name}: ${front} on ${back} is ${ratio.toFixed(2)}, needs ${floor}`);
        }
      }
    }
  }
}
if (themes.length !== 2) throw new Error("style/tokens.css: expected two themes");
if (failures > 0) process.exit(1);
