#include "adapters/interior_ministry/folder_inbox.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/interior_ministry/command_runner.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"

namespace tamga::adapters {
namespace {

constexpr size_t kKeyHexDigits = 48;  // 192 bits: nobody finds two files with one key

bool IsUnfinished(const std::string& name) {
  return absl::EndsWith(name, ".tmp") || absl::EndsWith(name, ".part") || absl::EndsWith(name, ".new");
}

std::string PathIn(absl::string_view folder, absl::string_view name) { return absl::StrCat(folder, "/", name); }

std::string KeyOf(const std::string& name, absl::string_view content) {
  // A NUL ends every name, so that two different pairs never are the same bytes.
  const std::string hash = HexEncode(Sha256(absl::StrCat(name, absl::string_view("\0", 1), content)));
  return absl::StrCat("drop-", hash.substr(0, kKeyHexDigits));
}

// The name under which it is set aside: a name beyond the rules is not repeated in others.
std::string SafeName(const std::string& name) {
  if (CheckText("name", name, kMaxCommandNameBytes).ok()) return name;
  return absl::StrCat("name-", HexEncode(Sha256(name)).substr(0, 16));
}

absl::Status TooLarge() {
  return Error(absl::StatusCode::kInvalidArgument, "FILE_TOO_LARGE",
               absl::StrCat("the file is larger than ", kMaxCommandBytes, " bytes; send attachments by themselves"));
}

}  // namespace

absl::Duration FolderInbox::Look() {
  const absl::Status looked = [this]() -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<FolderEntry> files, Complete());
    std::set<std::string> waiting;
    bool some_wait = false;
    for (const FolderEntry& file : files) {
      RETURN_IF_ERROR(Take(file, waiting));
      some_wait = some_wait || !waiting.empty();
    }
    if (some_wait) return Error(absl::StatusCode::kAborted, "CASES_WAIT", "some cases are to be tried again later");
    return absl::OkStatus();
  }();
  if (looked.ok()) {
    backoff_.Reset();
    return rules_.poll;
  }
  const absl::Duration pause = std::max(backoff_.Next(), rules_.poll);
  Log(Severity::kWarning, "inbox waits",
      {{"reason", ReasonOf(looked)},
       {"detail", std::string(looked.message())},
       {"retry_after_seconds", absl::ToInt64Seconds(absl::Ceil(pause, absl::Seconds(1)))}});
  return pause;
}

absl::StatusOr<std::vector<FolderEntry>> FolderInbox::Complete() {
  ASSIGN_OR_RETURN(const std::vector<FolderEntry> files, folder_.List(kInboxFolder, kMostInboxFiles));
  const absl::Time now = clock_.Now();
  std::map<std::string, Sight> seen;
  std::vector<FolderEntry> complete;
  for (const FolderEntry& file : files) {
    if (IsUnfinished(file.name)) continue;
    const auto before = seen_.find(file.name);
    const bool stayed = before != seen_.end() && before->second.entry == file;
    const absl::Time since = stayed ? before->second.since : now;
    // The very first look cannot tell whether a file grows, unless nothing is asked of it.
    if (now - since >= rules_.settle) complete.push_back(file);
    seen.emplace(file.name, Sight{file, since});
  }
  seen_ = std::move(seen);
  return complete;
}

absl::Status FolderInbox::Take(const FolderEntry& entry, std::set<std::string>& waiting) {
  std::string key;
  const absl::StatusOr<v1::MinistryCommand> command = ReadCommand(entry, &key);
  if (absl::IsNotFound(command.status())) return absl::OkStatus();                   // taken away again
  if (!command.ok() && ReasonOf(command.status()).empty()) return command.status();  // the folder's trouble
  if (!command.ok()) return SetAside(entry.name, command.status());

  const std::vector<std::string> order_keys = OrderKeysOf(*command);
  const auto waits = [&waiting](const std::string& order_key) { return waiting.count(order_key) != 0; };
  const bool has_to_wait = std::any_of(order_keys.begin(), order_keys.end(), waits);
  absl::StatusOr<v1::MinistryAcknowledgement> done = absl::AbortedError("");
  if (!has_to_wait) done = RunMinistryCommand(*command, key, desk_, numbers_);
  switch (TroubleOf(done.status())) {
    case Trouble::kNone:
      Log(Severity::kInfo, "command done", {{"key", key}, {"case", done->case_id()}});
      return Finish(entry.name, *done);
    case Trouble::kOfCommand:
      return SetAside(entry.name, done.status());
    case Trouble::kOfCase:
      waiting.insert(order_keys.begin(), order_keys.end());
      return absl::OkStatus();
    case Trouble::kOfNode:
      break;
  }
  return done.status();
}

absl::StatusOr<v1::MinistryCommand> FolderInbox::ReadCommand(const FolderEntry& entry, std::string* key) {
  if (SafeName(entry.name) != entry.name) {
    return Error(absl::StatusCode::kInvalidArgument, "FILE_NAME",
                 absl::StrCat("the file's name must be UTF-8 without control characters, at most ",
                              kMaxCommandNameBytes, " bytes long"));
  }
  const bool is_json = absl::EndsWith(entry.name, SuffixOf(MinistryFormat::kJson));
  if (!is_json && !absl::EndsWith(entry.name, SuffixOf(MinistryFormat::kXml))) {
    return Error(absl::StatusCode::kInvalidArgument, "FILE_NAME", "the file's name must end in .json or .xml");
  }
  if (entry.bytes > kMaxCommandBytes) return TooLarge();
  const absl::StatusOr<std::string> content = folder_.Read(PathIn(kInboxFolder, entry.name), kMaxCommandBytes);
  if (absl::IsResourceExhausted(content.status())) return TooLarge();
  if (absl::IsPermissionDenied(content.status())) {
    return Error(absl::StatusCode::kPermissionDenied, "FILE_UNREADABLE",
                 "the file may not be read by the user that tamga-ministry runs as; give that user leave");
  }
  RETURN_IF_ERROR(content.status());
  *key = KeyOf(entry.name, *content);
  const absl::StatusOr<std::string> earlier = folder_.Read(PathIn(kDoneFolder, entry.name), kMaxCommandBytes);
  if (earlier.ok() && *earlier != *content) {
    return Error(absl::StatusCode::kAlreadyExists, "FILE_NAME_REUSED",
                 "a file of this name, with other content, was done before; give each command a name of its own");
  }
  return ReadMinistryCommand(is_json ? MinistryFormat::kJson : MinistryFormat::kXml, *content);
}

absl::Status FolderInbox::Finish(const std::string& name, const v1::MinistryAcknowledgement& acknowledgement) {
  RETURN_IF_ERROR(folder_.Write(PathIn(kOutboxFolder, absl::StrCat(name, ".ack", SuffixOf(rules_.format))),
                                WriteMinistryRecord(rules_.format, acknowledgement, "acknowledgement")));
  return folder_.Move(PathIn(kInboxFolder, name), PathIn(kDoneFolder, name));
}

absl::Status FolderInbox::SetAside(const std::string& name, const absl::Status& why) {
  const v1::MinistryError error = ErrorRecordOf(why);
  Log(Severity::kWarning, "command set aside", {{"reason", error.reason()}, {"field", error.field()}});
  const std::string aside = SafeName(name);
  RETURN_IF_ERROR(folder_.Write(PathIn(kFailedFolder, absl::StrCat(aside, ".error", SuffixOf(rules_.format))),
                                WriteMinistryRecord(rules_.format, error, "error")));
  return folder_.Move(PathIn(kInboxFolder, name), PathIn(kFailedFolder, aside));
}

}  // namespace tamga::adapters
