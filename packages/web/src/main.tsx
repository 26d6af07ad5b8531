// Where the page begins.
import { render } from "preact";
import "./styles/tokens.css";
import "./styles/base.css";
import "./kit/kit.css";
import "./app/sidebar.css";
import "./app/overlays.css";
// Last: what depends on the width of the window comes after what it changes.
import "./app/app.css";
import { App } from "./app/app.tsx";
import { followHistory } from "./app/navigation.ts";
import { followRoom } from "./app/room.ts";
import { listenToKeys } from "./app/shortcuts.ts";
import { applyTheme } from "./app/theme.ts";
import { followSurroundings } from "./state/daemon.ts";
import { followFeeds } from "./state/feeds.ts";
import { beginSession, followFragment, takeFragmentToken } from "./state/session.ts";

const token = takeFragmentToken();
applyTheme();
followHistory();
followRoom();
followFragment();
listenToKeys();
followSurroundings();
followFeeds();
const place = document.getElementById("app");
if (place !== null) render(<App />, place);
void beginSession(token);
