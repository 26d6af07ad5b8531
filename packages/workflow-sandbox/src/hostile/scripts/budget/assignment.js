// Assigns to what the budget says.
// expect: safe
// bites
for (const key of ["total", "spent", "remaining"]) {
  try { budget[key] = key === "total" ? Infinity : () => Infinity; } catch {}
  try { Object.defineProperty(budget, key, { value: () => 1e12 }); } catch {}
  try { delete budget[key]; } catch {}
}
try { globalThis.budget = { total: null, spent: () => -1e9, remaining: () => Infinity }; } catch {}
try { Object.setPrototypeOf(budget, { remaining: () => Infinity }); } catch {}
return Object.isFrozen(budget) && budget.total === 1000 && budget.spent() === 10 && budget.remaining() === 990 && globalThis.budget === budget ? "safe" : "ESCAPED";
