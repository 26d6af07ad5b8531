// Names a hundred thousand phases.
// expect: safe
for (let at = 0; at < 1e5; at++) phase(`phase ${at}`);
return "safe";
