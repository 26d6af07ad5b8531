// Declares what modules may not name.
// expect: rejected
var await = 1;
return await;
