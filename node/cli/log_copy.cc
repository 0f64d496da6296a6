#include "node/cli/log_copy.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/cli/exit_code.h"
#include "node/cli/output_files.h"
#include "node/cli/progress.h"
#include "node/ledger/entry_bundle.h"
#include "node/ledger/note.h"
#include "node/ledger/tile_paths.h"
#include "tamga/v1/audit_service.grpc.pb.h"

namespace tamga::cli {
namespace {

using ledger::CopyFault;
using ledger::TilePath;

constexpr char kContradiction[] = "checkpoint.contradicting";

std::string PathIn(const std::string& folder, const TilePath& path) {
  return absl::StrCat(folder, "/", ledger::FormatTilePath(path));
}

// The first `path.width` hashes or entries of a full tile's content.
absl::StatusOr<std::string> Cut(const TilePath& path, absl::string_view content) {
  if (path.kind == TilePath::Kind::kHashes) return std::string(content.substr(0, path.width * ledger::kHashBytes));
  const absl::StatusOr<std::vector<absl::string_view>> entries = ledger::ParseBundle(content);
  if (!entries.ok()) return CopyFault(absl::StrCat(ledger::FormatTilePath(path), ": ", entries.status().message()));
  std::string bundle;
  for (size_t i = 0; i < entries->size() && i < path.width; ++i) ledger::AppendToBundle((*entries)[i], bundle);
  return bundle;
}

// What a node serves; each thing is written to the folder as it comes.
class CopyingSource final : public ledger::TileSource {
 public:
  CopyingSource(Session& session, std::string folder) : session_(session), folder_(std::move(folder)) {}

  absl::StatusOr<std::vector<std::string>> Get(const std::vector<TilePath>& paths) override {
    ASSIGN_OR_RETURN(std::vector<std::string> contents, GetWhileTheLogGrows(paths));
    for (size_t i = 0; i < paths.size(); ++i) {
      const std::string path = PathIn(folder_, paths[i]);
      RETURN_IF_ERROR(MakeFolder(FolderOf(path)));
      RETURN_IF_ERROR(WriteFile(path, contents[i]));
    }
    return contents;
  }

  absl::StatusOr<std::string> GetCheckpoint() {
    ASSIGN_OR_RETURN(const std::vector<std::string> contents, Fetch({TilePath{}}));
    return contents.front();
  }

 private:
  // A node no longer serves a partial tile once it is full; its beginning stays the same.
  absl::StatusOr<std::vector<std::string>> GetWhileTheLogGrows(const std::vector<TilePath>& paths) {
    absl::StatusOr<std::vector<std::string>> contents = Fetch(paths);
    if (ReasonOf(contents.status()) != "TILE_UNKNOWN") return contents;
    std::vector<std::string> one_by_one;
    for (const TilePath& path : paths) {
      ASSIGN_OR_RETURN(std::string content, GetOne(path));
      one_by_one.push_back(std::move(content));
    }
    return one_by_one;
  }

  absl::StatusOr<std::string> GetOne(const TilePath& path) {
    const absl::StatusOr<std::vector<std::string>> content = Fetch({path});
    if (content.ok()) return content->front();
    if (!path.partial() || ReasonOf(content.status()) != "TILE_UNKNOWN") return content.status();
    ASSIGN_OR_RETURN(const std::vector<std::string> full, Fetch({{path.kind, path.level, path.index}}));
    return Cut(path, full.front());
  }

  // A node answers with as many as fit into one message.
  absl::StatusOr<std::vector<std::string>> Fetch(const std::vector<TilePath>& paths) {
    std::vector<std::string> contents;
    while (contents.size() < paths.size()) {
      v1::GetTilesRequest request;
      for (size_t i = contents.size(); i < paths.size(); ++i) request.add_paths(ledger::FormatTilePath(paths[i]));
      ASSIGN_OR_RETURN(const auto response, session_.Call(&v1::AuditService::Stub::GetTiles, request));
      if (response.contents().empty() || response.contents_size() > request.paths_size()) {
        return LogFaultError(absl::StrCat("the node answers ", request.paths_size(), " paths with ",
                                          response.contents_size(), " contents"));
      }
      contents.insert(contents.end(), response.contents().begin(), response.contents().end());
    }
    return contents;
  }

  Session& session_;
  const std::string folder_;
};

// What the folder holds already.
struct Held {
  std::string note;
  ledger::Checkpoint checkpoint;
  ledger::TileEdge edge;
};

absl::StatusOr<Held> ReadHeld(const LogCheck& check, const std::string& folder) {
  Held held;
  FolderSource files(folder);
  ASSIGN_OR_RETURN(const std::optional<std::string> note, files.ReadCheckpoint());
  if (!note.has_value()) return held;
  held.note = *note;
  absl::StatusOr<ledger::Checkpoint> checkpoint = check.Open(*note);
  if (!checkpoint.ok()) return Annotate(checkpoint.status(), folder);
  held.checkpoint = *std::move(checkpoint);
  absl::StatusOr<ledger::TileEdge> edge = ledger::EdgeOfCopy(held.checkpoint, files);
  if (!edge.ok()) {
    return Annotate(AsLogFault(edge.status()),
                    absl::StrCat(folder, " was changed since it was exported; see tamga audit verify-export"));
  }
  held.edge = *std::move(edge);
  return held;
}

// Two signed checkpoints that cannot both be true are worth more than any report of them.
absl::Status KeepContradiction(const std::string& folder, absl::string_view note, const absl::Status& fault) {
  const std::string path = absl::StrCat(folder, "/", kContradiction);
  RETURN_IF_ERROR(WriteFile(path, note));
  return Annotate(fault, absl::StrCat("the node's checkpoint contradicts that in ", folder, " and is kept in ", path));
}

absl::Status CheckSizes(const Held& held, const ledger::Checkpoint& now) {
  if (held.note.empty() || held.checkpoint.size < now.size) return absl::OkStatus();
  if (held.checkpoint.size > now.size) {
    return LogFaultError(absl::StrCat("the log has shrunk: it signed ", EntriesText(held.checkpoint.size),
                                      " before and has ", EntriesText(now.size), " now"));
  }
  if (held.checkpoint.root == now.root) return absl::OkStatus();
  return LogFaultError(absl::StrCat("the log signed two roots for its ", EntriesText(now.size)));
}

// The newest checkpoint, if its log begins with what the folder holds.
absl::StatusOr<std::string> GetGrowth(Session& session, const LogCheck& check, const Held& held,
                                      const std::string& folder) {
  v1::ProveConsistencyRequest request;
  request.set_old_size(held.checkpoint.size);
  ASSIGN_OR_RETURN(const auto response, session.Call(&v1::AuditService::Stub::ProveConsistency, request));
  const absl::StatusOr<ledger::Checkpoint> now = check.CheckGrowth(held.checkpoint, response);
  if (!now.ok()) return KeepContradiction(folder, response.checkpoint(), now.status());
  return response.checkpoint();
}

// Partial tiles that the newer size no longer implies. Called when that size's checkpoint is written.
absl::Status RemoveOutdated(const std::string& folder, uint64_t before, uint64_t now) {
  return ledger::ForEachTile(before, [&](const TilePath& path) {
    const bool still_implied =
        path.index == ledger::FullTiles(path.level, now) && path.width == ledger::PartialWidth(path.level, now);
    if (!path.partial() || still_implied) return absl::OkStatus();
    const std::string file = PathIn(folder, path);
    std::error_code error;
    std::filesystem::remove(file, error);
    if (!error) std::filesystem::remove(FolderOf(file), error);  // "001.p", which may hold others
    return absl::OkStatus();
  });
}

}  // namespace

absl::Status AsLogFault(const absl::Status& status) { return ReasonOf(status) == "LOG_FAULT" ? Fault(status) : status; }

absl::StatusOr<std::vector<std::string>> FolderSource::Get(const std::vector<TilePath>& paths) {
  std::vector<std::string> contents;
  for (const TilePath& path : paths) {
    absl::StatusOr<std::string> content = ReadFile(PathIn(folder_, path), ledger::kMaxBundleBytes);
    if (absl::IsNotFound(content.status())) {
      return CopyFault(absl::StrCat(ledger::FormatTilePath(path), ": is missing"));
    }
    if (absl::IsResourceExhausted(content.status())) {
      return CopyFault(absl::StrCat(ledger::FormatTilePath(path), ": is larger than any tile or bundle"));
    }
    RETURN_IF_ERROR(content.status());
    contents.push_back(*std::move(content));
  }
  return contents;
}

absl::StatusOr<std::optional<std::string>> FolderSource::ReadCheckpoint() const {
  absl::StatusOr<std::string> note = ReadFile(PathIn(folder_, {}), ledger::kMaxNoteBytes);
  if (absl::IsNotFound(note.status())) return std::optional<std::string>();
  RETURN_IF_ERROR(note.status());
  return std::optional<std::string>(*std::move(note));
}

absl::StatusOr<LogCopy> CopyLog(Session& session, const LogCheck& check, const std::string& folder,
                                Environment& environment) {
  ASSIGN_OR_RETURN(Held held, ReadHeld(check, folder));
  CopyingSource node(session, folder);
  LogCopy copy;
  copy.known = held.checkpoint.size;
  ASSIGN_OR_RETURN(copy.note, node.GetCheckpoint());
  ASSIGN_OR_RETURN(copy.checkpoint, check.Open(copy.note));
  if (const absl::Status fault = CheckSizes(held, copy.checkpoint); !fault.ok()) {
    return KeepContradiction(folder, copy.note, fault);
  }
  if (!held.note.empty() && held.checkpoint.size == copy.checkpoint.size) return copy;
  if (held.checkpoint.size > 0) {
    ASSIGN_OR_RETURN(copy.note, GetGrowth(session, check, held, folder));
    ASSIGN_OR_RETURN(copy.checkpoint, check.Open(copy.note));
  }
  Progress progress(environment, "Copying entries");
  RETURN_IF_ERROR(
      AsLogFault(ledger::CheckCopy(std::move(held.edge), copy.checkpoint, node,
                                   [&](uint64_t checked, uint64_t total) { progress.Show(checked, total); })));
  RETURN_IF_ERROR(MakeFolder(folder));
  RETURN_IF_ERROR(WriteFile(PathIn(folder, {}), copy.note));
  RETURN_IF_ERROR(RemoveOutdated(folder, held.checkpoint.size, copy.checkpoint.size));
  return copy;
}

absl::StatusOr<ledger::Checkpoint> VerifyCopy(const LogCheck& check, const std::string& folder,
                                              Environment& environment) {
  FolderSource files(folder);
  ASSIGN_OR_RETURN(const std::optional<std::string> note, files.ReadCheckpoint());
  if (!note.has_value()) {
    return absl::NotFoundError(absl::StrCat(folder, " holds no exported log: there is no file checkpoint in it"));
  }
  ASSIGN_OR_RETURN(const ledger::Checkpoint checkpoint, check.Open(*note));
  Progress progress(environment, "Hashing entries");
  RETURN_IF_ERROR(AsLogFault(ledger::CheckCopy(
      {}, checkpoint, files, [&](uint64_t checked, uint64_t total) { progress.Show(checked, total); })));
  return checkpoint;
}

}  // namespace tamga::cli
