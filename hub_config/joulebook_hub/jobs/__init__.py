"""Jobs: work that the hub runs for people whose browser is closed. The rules (`rules`, `schedules`), its attempts."""
