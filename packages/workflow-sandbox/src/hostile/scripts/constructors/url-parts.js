// Reaches out by a URL, its query, their iterators and their classes.
// expect: safe
// bites
const url = new URL("https://user:pass@example.org:8080/a/b?c=d&e=f#g");
const parts = [url, url.searchParams, url.searchParams.entries(), url.searchParams.keys(), url.searchParams.constructor, url.toString, url.toJSON];
const found = parts.filter((part) => powerOf(part) || powerOf(Object.getPrototypeOf(part))).map(String);
for (const key of Reflect.ownKeys(url)) if (powerOf(url[key])) found.push(String(key));
return verdict(found);
