#include "node/main/clock_keeper.h"

#include <unistd.h>

#include <cerrno>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "node/base/file.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"

namespace tamga::node {
namespace {

// For how long a machine may have been off without its clock being doubted. A wrong clock that is not doubted erases
// this much too early at most; a node that was off for longer costs its operator one command.
constexpr absl::Duration kMostTimeOff = absl::Hours(24 * 30);
constexpr absl::Duration kKeepInterval = absl::Minutes(1);
constexpr size_t kMostBytes = 256;
constexpr char kInStep[] = "in-step";
constexpr char kJumped[] = "jumped";
constexpr char kHeld[] = "held";

std::string KeptPath(const std::string& folder) { return absl::StrCat(folder, "/clock"); }
std::string WordPath(const std::string& folder) { return absl::StrCat(folder, "/clock.accepted"); }

std::optional<absl::Time> ParseNanos(absl::string_view text) {
  int64_t nanos = 0;
  if (!absl::SimpleAtoi(text, &nanos)) return std::nullopt;
  return absl::FromUnixNanos(nanos);
}

void LogNotKept(const absl::Status& status) {
  Log(Severity::kError, "time not kept", {{"detail", std::string(status.message())}});
}

}  // namespace

// One line: the time in nanoseconds since 1970, the uptime in nanoseconds, the machine's boot id or "-", and whether
// the clock was held to have jumped ("jumped"), also since a start of the machine ("held").
struct ClockKeeper::Kept {
  absl::Time time;
  absl::Duration uptime;
  std::string boot_id;
  bool jumped = false;
  bool held = false;
};

absl::Status AcceptClock(const std::string& folder, absl::Time clock) {
  const absl::Status kept = ReadFile(KeptPath(folder), kMostBytes).status();
  if (absl::IsNotFound(kept)) {
    return absl::FailedPreconditionError(
        absl::StrCat(folder, " is no data folder of a node or tamga-authority that has run: it has no file \"clock\""));
  }
  RETURN_IF_ERROR(kept);
  // Readable for the node's user, whoever the operator is: there is nothing to hide.
  return WriteFile(WordPath(folder), absl::StrCat(absl::ToUnixNanos(clock), "\n"), 0644);
}

std::string ReadBootId() {
  const absl::StatusOr<std::string> text = ReadFile("/proc/sys/kernel/random/boot_id", kMostBytes);
  return text.ok() ? std::string(absl::StripAsciiWhitespace(*text)) : "";
}

ClockKeeper::ClockKeeper(Parts parts, std::optional<absl::Time> newest_entry) : parts_(std::move(parts)) {
  if (const std::optional<Kept> kept = ReadKept()) {
    Continue(*kept);
  } else if (newest_entry) {
    parts_.watch.Expect(*newest_entry, kMostTimeOff);
  }
  keep_at_ = parts_.uptime.SinceBoot();
  Look();
}

std::optional<ClockKeeper::Kept> ClockKeeper::ReadKept() const {
  const absl::StatusOr<std::string> text = ReadFile(KeptPath(parts_.folder), kMostBytes);
  if (absl::IsNotFound(text.status())) return std::nullopt;
  if (!text.ok()) {
    LogNotKept(text.status());
    return std::nullopt;
  }
  const std::vector<std::string> words = absl::StrSplit(absl::StripAsciiWhitespace(*text), ' ');
  const std::optional<absl::Time> time = words.size() == 4 ? ParseNanos(words[0]) : std::nullopt;
  int64_t uptime = 0;
  if (!time || !absl::SimpleAtoi(words[1], &uptime) ||
      (words[3] != kInStep && words[3] != kJumped && words[3] != kHeld)) {
    LogNotKept(absl::DataLossError(absl::StrCat(KeptPath(parts_.folder), " is unreadable")));
    return std::nullopt;
  }
  return Kept{*time, absl::Nanoseconds(uptime), words[2], words[3] != kInStep, words[3] == kHeld};
}

void ClockKeeper::Continue(const Kept& kept) {
  const absl::Duration since = parts_.uptime.SinceBoot() - kept.uptime;
  const bool same_boot = !parts_.boot_id.empty() && kept.boot_id == parts_.boot_id && since >= absl::ZeroDuration();
  // Nobody knows how long the machine was off, so nobody can tell by how much the clock is wrong still. A restart of
  // the node alone tells no more.
  held_ = kept.held || (kept.jumped && !same_boot);
  if (held_) return parts_.watch.Hold(same_boot ? kept.time + since : kept.time);
  if (same_boot) return parts_.watch.Expect(kept.time + since, absl::ZeroDuration());
  parts_.watch.Expect(kept.time, kMostTimeOff);
}

void ClockKeeper::Look() {
  TakeWord();
  const bool jumped = !parts_.watch.Check().ok();
  const absl::Duration now = parts_.uptime.SinceBoot();
  if (jumped == kept_as_jumped_ && now < keep_at_) return;
  if (jumped && kept_as_jumped_) {
    Log(Severity::kError, "clock is not believed",
        {{"reason", "CLOCK_JUMPED"}, {"clock", UtcText(parts_.wall.Now())}, {"expected", UtcText(parts_.watch.Now())}});
  }
  kept_as_jumped_ = jumped;
  keep_at_ = now + kKeepInterval;
  Keep();
}

void ClockKeeper::TakeWord() {
  const std::string path = WordPath(parts_.folder);
  const absl::StatusOr<std::string> text = ReadFile(path, kMostBytes);
  if (absl::IsNotFound(text.status())) return;
  // A word that stays would be taken again, for another jump.
  if (::unlink(path.c_str()) != 0) return LogNotKept(absl::ErrnoToStatus(errno, absl::StrCat("cannot remove ", path)));
  const std::optional<absl::Time> word =
      text.ok() ? ParseNanos(absl::StripAsciiWhitespace(*text)) : std::optional<absl::Time>();
  const absl::Time wall = parts_.wall.Now();
  if (!word || *word < wall - kClockWordLife || *word > wall + kClockWordLife) {
    Log(Severity::kError, "clock not accepted",
        {{"clock", UtcText(wall)}, {"detail", "the operator's word is for another time; give it again"}});
    return;
  }
  Log(Severity::kWarning, "clock accepted", {{"clock", UtcText(wall)}, {"expected", UtcText(parts_.watch.Now())}});
  parts_.watch.Accept();
  held_ = false;
}

void ClockKeeper::Keep() {
  const absl::Status kept = WriteFile(
      KeptPath(parts_.folder),
      absl::StrCat(absl::ToUnixNanos(parts_.watch.Now()), " ", absl::ToInt64Nanoseconds(parts_.uptime.SinceBoot()), " ",
                   parts_.boot_id.empty() ? "-" : parts_.boot_id, " ",
                   !kept_as_jumped_ ? kInStep
                   : held_          ? kHeld
                                    : kJumped,
                   "\n"),
      0600);
  if (!kept.ok()) LogNotKept(kept);
}

}  // namespace tamga::node
