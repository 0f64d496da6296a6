#include "node/cli/log_copy.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
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

// Below the folder, for what is not checked yet; no name of tlog-tiles.
constexpr char kIncoming[] = ".incoming";

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

// What a node serves; each thing is laid aside as it comes, so that nothing which was not checked replaces anything.
class CopyingSource final : public ledger::TileSource {
 public:
  CopyingSource(Session& session, const std::string& folder)
      : session_(session), folder_(folder), incoming_(absl::StrCat(folder, "/", kIncoming)) {
    RemoveIncoming();  // of a run that was broken off
  }
  ~CopyingSource() override { RemoveIncoming(); }

  absl::StatusOr<std::vector<std::string>> Get(const std::vector<TilePath>& paths) override {
    ASSIGN_OR_RETURN(std::vector<std::string> contents, GetWhileTheLogGrows(paths));
    for (size_t i = 0; i < paths.size(); ++i) {
      const std::string path = PathIn(incoming_, paths[i]);
      RETURN_IF_ERROR(MakeFolder(FolderOf(path)));
      RETURN_IF_ERROR(WriteFile(path, contents[i]));
      laid_aside_.push_back(paths[i]);
    }
    return contents;
  }

  // Puts what was laid aside into its place, once it is checked.
  absl::Status TakeOver() {
    for (const TilePath& path : laid_aside_) {
      const std::string place = PathIn(folder_, path);
      RETURN_IF_ERROR(MakeFolder(FolderOf(place)));
      std::error_code error;
      std::filesystem::rename(PathIn(incoming_, path), place, error);
      if (error) return absl::UnavailableError(absl::StrCat(place, ": cannot be written: ", error.message()));
    }
    return absl::OkStatus();
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
      const auto answer = session_.Call(&v1::AuditService::Stub::GetTiles, request);
      if (!answer.ok()) return AsLogDamage(answer.status());
      const v1::GetTilesResponse& response = *answer;
      if (response.contents().empty() || response.contents_size() > request.paths_size()) {
        return LogFaultError(absl::StrCat("the node answers ", request.paths_size(), " paths with ",
                                          response.contents_size(), " contents"));
      }
      contents.insert(contents.end(), response.contents().begin(), response.contents().end());
    }
    return contents;
  }

  void RemoveIncoming() const {
    std::error_code error;
    std::filesystem::remove_all(incoming_, error);
  }

  Session& session_;
  const std::string folder_;
  const std::string incoming_;
  std::vector<TilePath> laid_aside_;
};

// A folder's log as it was when it had fewer entries: partial tiles of then are cut out of what they have become.
class BeginningOfFolder final : public ledger::TileSource {
 public:
  BeginningOfFolder(const std::string& folder, uint64_t size_now) : files_(folder), size_now_(size_now) {}

  absl::StatusOr<std::vector<std::string>> Get(const std::vector<TilePath>& paths) override {
    std::vector<TilePath> now = paths;
    for (TilePath& path : now) path.width = ledger::TileWidth(path.level, path.index, size_now_);
    ASSIGN_OR_RETURN(std::vector<std::string> contents, files_.Get(now));
    for (size_t i = 0; i < paths.size(); ++i) {
      ASSIGN_OR_RETURN(contents[i], Cut(paths[i], contents[i]));
    }
    return contents;
  }

 private:
  FolderSource files_;
  const uint64_t size_now_;
};

// What the folder holds already.
struct Held {
  SignedCheckpoint newest;
  ledger::TileEdge edge;
};

// Hashes everything in the folder.
absl::Status CheckFolder(const std::string& folder, const ledger::Checkpoint& checkpoint, Environment& environment) {
  FolderSource files(folder);
  Progress progress(environment, "Hashing entries");
  return AsLogFault(ledger::CheckCopy({}, checkpoint, files,
                                      [&](uint64_t checked, uint64_t total) { progress.Show(checked, total); }));
}

// The checkpoint in a folder of the auditor's. Of another log, or cut off, it is a mistake of his; otherwise it was
// changed.
absl::StatusOr<ledger::Checkpoint> OpenOwnFile(const LogCheck& check, const std::string& note,
                                               const std::string& folder) {
  absl::StatusOr<ledger::Checkpoint> checkpoint = check.Open(note);
  if (checkpoint.ok()) return checkpoint;
  if (note.empty() || note.back() != '\n') {
    return absl::InvalidArgumentError(
        absl::StrCat(folder, "/checkpoint: is empty or cut off; restore it, or name another folder"));
  }
  return Annotate(WithoutNode(checkpoint.status()), folder);
}

absl::StatusOr<Held> ReadHeld(const LogCheck& check, const std::string& folder, Environment& environment) {
  Held held;
  FolderSource files(folder);
  ASSIGN_OR_RETURN(const std::optional<std::string> note, files.ReadCheckpoint());
  if (!note.has_value()) return held;
  held.newest.note = *note;
  ASSIGN_OR_RETURN(held.newest.checkpoint, OpenOwnFile(check, *note, folder));
  const auto changed = [&](const absl::Status& status) {
    return Annotate(WithoutNode(AsLogFault(status)), absl::StrCat(folder, " was changed since it was exported"));
  };
  absl::StatusOr<ledger::TileEdge> edge = ledger::EdgeOfCopy(held.newest.checkpoint, files);
  if (!edge.ok()) return changed(edge.status());
  if (const absl::Status whole = CheckFolder(folder, held.newest.checkpoint, environment); !whole.ok()) {
    return changed(whole);
  }
  held.edge = *std::move(edge);
  return held;
}

// OK if the node's log has grown from what the folder holds. What contradicts the folder's checkpoint is kept beside
// it.
absl::Status CheckGrown(Session& session, const LogCheck& check, const SignedCheckpoint& held,
                        const SignedCheckpoint& now, const std::string& folder) {
  std::vector<std::string> contradicting;
  const absl::Status fault = ProveGrowth(session, check, held, now, &contradicting);
  if (fault.ok() || contradicting.empty()) return fault;
  ASSIGN_OR_RETURN(const std::vector<std::string> kept,
                   KeepContradicting(check, contradicting, absl::StrCat(folder, "/checkpoint")));
  return Annotate(fault, absl::StrCat("what the node signed contradicts ", folder, "; the notes are kept in ",
                                      absl::StrJoin(kept, ", ")));
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
  ASSIGN_OR_RETURN(Held held, ReadHeld(check, folder, environment));
  LogCopy copy;
  copy.known = held.newest.checkpoint.size;
  ASSIGN_OR_RETURN(copy.newest, GetNewest(session, check));
  const ledger::Checkpoint& now = copy.newest.checkpoint;
  if (!held.newest.note.empty()) {
    RETURN_IF_ERROR(CheckGrown(session, check, held.newest, copy.newest, folder));
    if (held.newest.checkpoint.size == now.size) return copy;
  }
  CopyingSource node(session, folder);
  {
    Progress progress(environment, "Copying entries");
    RETURN_IF_ERROR(AsLogFault(ledger::CheckCopy(
        std::move(held.edge), now, node, [&](uint64_t checked, uint64_t total) { progress.Show(checked, total); })));
  }
  RETURN_IF_ERROR(MakeFolder(folder));
  RETURN_IF_ERROR(node.TakeOver());
  RETURN_IF_ERROR(WriteFile(PathIn(folder, {}), copy.newest.note));
  RETURN_IF_ERROR(RemoveOutdated(folder, held.newest.checkpoint.size, now.size));
  return copy;
}

absl::StatusOr<ledger::Checkpoint> VerifyCopy(const LogCheck& check, const std::string& folder,
                                              Environment& environment) {
  FolderSource files(folder);
  ASSIGN_OR_RETURN(const std::optional<std::string> note, files.ReadCheckpoint());
  if (!note.has_value()) {
    return absl::NotFoundError(absl::StrCat(folder, " holds no exported log: there is no file checkpoint in it"));
  }
  ASSIGN_OR_RETURN(const ledger::Checkpoint checkpoint, OpenOwnFile(check, *note, folder));
  if (const absl::Status whole = CheckFolder(folder, checkpoint, environment); !whole.ok()) return WithoutNode(whole);
  return checkpoint;
}

absl::Status CheckCopyBeginsWith(const std::string& folder, const ledger::Checkpoint& whole,
                                 const ledger::Checkpoint& beginning) {
  if (beginning.size == 0 || beginning == whole) return absl::OkStatus();
  BeginningOfFolder files(folder, whole.size);
  return AsLogFault(ledger::EdgeOfCopy(beginning, files).status());
}

}  // namespace tamga::cli
