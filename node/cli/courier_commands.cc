// tamga courier: messages that a courier carries as files where there is no line.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "certs/wiper.h"
#include "certs/x25519.h"
#include "node/base/clock.h"
#include "node/base/descriptor.h"
#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/file.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/cli/commands.h"
#include "node/cli/enum_name.h"
#include "node/cli/output.h"
#include "node/cli/output_files.h"
#include "node/cli/session.h"
#include "node/courier/bundle_format.h"
#include "tamga/v1/courier_service.grpc.pb.h"

namespace tamga::cli {
namespace {

using Stub = v1::CourierService::Stub;

constexpr size_t kPieceBytes = 256 << 10;

absl::Status FileFault(absl::string_view verb, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", verb, " ", path));
}

// A bundle's file that is being read.
class FileSource final : public courier::ByteSource {
 public:
  static absl::StatusOr<std::unique_ptr<FileSource>> Open(const std::string& path) {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) return FileFault("open", path);
    return std::unique_ptr<FileSource>(new FileSource(path, std::move(file)));
  }

  absl::StatusOr<std::string> Read(size_t size) override {
    std::string bytes(size, '\0');
    size_t read = 0;
    while (read < size) {
      const ssize_t count = ::read(file_.get(), bytes.data() + read, size - read);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return FileFault("read", path_);
      if (count == 0) break;
      read += static_cast<size_t>(count);
    }
    bytes.resize(read);
    return bytes;
  }

 private:
  FileSource(std::string path, Descriptor file) : path_(std::move(path)), file_(std::move(file)) {}

  const std::string path_;
  const Descriptor file_;
};

// One that is being written: under another name, until it is whole and on the disk.
class BundleFile final {
 public:
  static absl::StatusOr<std::unique_ptr<BundleFile>> Create(const std::string& path) {
    RETURN_IF_ERROR(CheckOutputFile(path, false));
    RETURN_IF_ERROR(MakeFolder(FolderOf(path)));
    std::string temporary = absl::StrCat(path, ".new");
    Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kSecretMode));
    if (file.get() < 0 || ::fchmod(file.get(), kSecretMode) != 0) return FileFault("create", temporary);
    return std::unique_ptr<BundleFile>(new BundleFile(path, std::move(temporary), std::move(file)));
  }
  ~BundleFile() {
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
  }
  BundleFile(const BundleFile&) = delete;
  BundleFile& operator=(const BundleFile&) = delete;

  absl::Status Write(absl::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::write(file_.get(), bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return FileFault("write", temporary_);
      bytes.remove_prefix(static_cast<size_t>(count));
    }
    return absl::OkStatus();
  }
  absl::Status Finish() {
    if (::fsync(file_.get()) != 0) return FileFault("sync", temporary_);
    RETURN_IF_ERROR(RenameFile(temporary_, path_));
    temporary_.clear();
    return absl::OkStatus();
  }

 private:
  BundleFile(std::string path, std::string temporary, Descriptor file)
      : path_(std::move(path)), temporary_(std::move(temporary)), file_(std::move(file)) {}

  const std::string path_;
  std::string temporary_;  // empty once it has its name
  const Descriptor file_;
};

// Fetches a bundle into the file.
template <typename Request, typename Response>
absl::StatusOr<v1::BundleSummary> Fetch(
    Session& session,
    std::unique_ptr<grpc::ClientReader<Response>> (Stub::*method)(grpc::ClientContext*, const Request&),
    const Request& request, const std::string& path) {
  ASSIGN_OR_RETURN(const std::unique_ptr<BundleFile> file, BundleFile::Create(path));
  v1::BundleSummary summary;
  absl::Status written;
  RETURN_IF_ERROR(session.Receive(method, request, [&](const Response& response) {
    if (response.has_bundle()) summary = response.bundle();
    written = file->Write(response.data());
    return written.ok();
  }));
  RETURN_IF_ERROR(written);
  RETURN_IF_ERROR(file->Finish());
  return summary;
}

void SaySummary(const v1::BundleSummary& summary, const std::string& path, Environment& environment) {
  Say(environment,
      absl::StrCat("Wrote ", path, ": bundle ", summary.bundle_id(), " for ", summary.partner(), ", ", summary.items(),
                   summary.items() == 1 ? " message" : " messages",
                   summary.left_out() == 0 ? "" : absl::StrCat("; ", summary.left_out(), " left out"), "."));
}

// The public half of the key in the file, which is made if it is not there.
absl::Status Key(const std::string& path, Environment& environment) {
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::symlink_status(path, error))) {
    std::string secret = environment.rng.Bytes(certs::kX25519Bytes);
    const certs::Wiper secret_wiper(secret);
    std::string text = HexEncode(secret);
    const certs::Wiper text_wiper(text);
    RETURN_IF_ERROR(MakeFolder(FolderOf(path)));
    RETURN_IF_ERROR(WriteFile(path, text, kSecretMode));
    Say(environment,
        absl::StrCat("Wrote ", path, ". Name it as courier_key_file in the node's configuration; partners ",
                     "name what is printed here as courier_key."));
  }
  ASSIGN_OR_RETURN(std::string text, ReadSecretFile(path));
  const certs::Wiper text_wiper(text);
  absl::StatusOr<std::string> secret = HexDecode(absl::StripSuffix(text, "\n"));
  if (!secret.ok() || secret->size() != certs::kX25519Bytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " holds no key; it must be one line of 64 lower-case hexadecimal digits"));
  }
  const certs::Wiper secret_wiper(*secret);
  ASSIGN_OR_RETURN(const certs::X25519Key key, certs::X25519Key::FromBytes(*secret));
  environment.out << HexEncode(key.public_key()) << "\n";
  return absl::OkStatus();
}

struct ExportArguments {
  std::string partner;
  std::string replies;
  std::string out;
};

absl::Status Export(const ExportArguments& arguments, Environment& environment) {
  if (arguments.partner.empty() == arguments.replies.empty()) {
    return UsageError("give --partner, or --replies with the bundle that an import told");
  }
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  v1::BundleSummary summary;
  if (arguments.replies.empty()) {
    v1::ExportRequestsRequest request;
    request.set_partner(arguments.partner);
    ASSIGN_OR_RETURN(summary, Fetch(*session, &Stub::ExportRequests, request, arguments.out));
  } else {
    v1::ExportRepliesRequest request;
    request.set_bundle_id(arguments.replies);
    ASSIGN_OR_RETURN(summary, Fetch(*session, &Stub::ExportReplies, request, arguments.out));
  }
  if (!PrintedAsJson(environment, summary)) SaySummary(summary, arguments.out, environment);
  return absl::OkStatus();
}

struct ImportArguments {
  std::string file;
  std::string replies;
};

void PrintImport(const v1::ImportBundleResponse& response, Environment& environment) {
  const bool is_requests = response.kind() == v1::COURIER_KIND_REQUESTS;
  Say(environment, absl::StrCat("Bundle ", response.bundle_id(), " of ", response.partner(), ": ", response.answered(),
                                " answered, ", is_requests ? "" : absl::StrCat(response.refused(), " refused, "),
                                response.not_opened(), " not opened, ",
                                is_requests ? "" : absl::StrCat(response.repeated(), " known before, "),
                                response.waiting(), " waiting."));
  if (response.results().empty()) return;
  Table table({"EXCHANGE", "STATE", "REASON"});
  for (const v1::BundleItemResult& result : response.results()) {
    table.AddRow({result.exchange_id(), ShortEnumName(result.state()), result.reason()});
  }
  PrintTable(environment, table);
}

absl::Status Import(const ImportArguments& arguments, Environment& environment) {
  ASSIGN_OR_RETURN(const std::unique_ptr<FileSource> head_source, FileSource::Open(arguments.file));
  ASSIGN_OR_RETURN(const auto reader, courier::BundleReader::Open(*head_source));
  const bool is_requests = reader->head().kind() == v1::COURIER_KIND_REQUESTS;
  if (is_requests == arguments.replies.empty()) {
    return UsageError(is_requests ? "the bundle holds requests; name with --replies the file for the replies to them"
                                  : "the bundle holds replies, to which there are none; leave --replies out");
  }
  if (is_requests) RETURN_IF_ERROR(CheckOutputFile(arguments.replies, false));
  ASSIGN_OR_RETURN(const std::unique_ptr<FileSource> source, FileSource::Open(arguments.file));
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  const auto give = [&](auto send) -> absl::Status {
    while (true) {
      v1::ImportBundleRequest request;
      ASSIGN_OR_RETURN(*request.mutable_data(), source->Read(kPieceBytes));
      // When the node takes no more, it says why at the end.
      if (request.data().empty() || !send(request)) return absl::OkStatus();
    }
  };
  ASSIGN_OR_RETURN(const v1::ImportBundleResponse response, session->Send(&Stub::ImportBundle, give));
  if (!PrintedAsJson(environment, response)) PrintImport(response, environment);
  if (!is_requests) return absl::OkStatus();
  v1::ExportRepliesRequest request;
  request.set_bundle_id(response.replies_bundle_id());
  ASSIGN_OR_RETURN(const v1::BundleSummary summary, Fetch(*session, &Stub::ExportReplies, request, arguments.replies));
  SaySummary(summary, arguments.replies, environment);
  return absl::OkStatus();
}

// What anybody who holds the file can see. Neither seal nor content is looked at.
absl::Status Show(const std::string& path, Environment& environment) {
  ASSIGN_OR_RETURN(const std::unique_ptr<FileSource> source, FileSource::Open(path));
  ASSIGN_OR_RETURN(const auto reader, courier::BundleReader::Open(*source));
  while (true) {
    ASSIGN_OR_RETURN(const auto item, reader->Next());
    if (!item) break;
  }
  const v1::CourierBundle& head = reader->head();
  if (PrintedAsJson(environment, head)) return absl::OkStatus();
  Table table({"BUNDLE", "KIND", "FROM", "TO", "MADE", "MESSAGES", "ANSWERS"});
  table.AddRow({FormatUuid(head.bundle_id()), ShortEnumName(head.kind()), head.from(), head.to(),
                UtcText(FromProto(head.made_at())), absl::StrCat(reader->items()),
                head.answers_bundle_id().empty() ? "" : FormatUuid(head.answers_bundle_id())});
  PrintTable(environment, table);
  Say(environment, "The file is whole. Its seal was not looked at: the node that it is for does that.");
  return absl::OkStatus();
}

}  // namespace

void AddCourierCommands(const Command& root) {
  const Command group = root.Add("courier", "Messages that a courier carries as files where there is no line");

  const Command key =
      group.Add("key", "Print the public half of a node's courier key; make the key if it is not there");
  const auto key_file = std::make_shared<std::string>();
  key.Required("file", "The key's file", Into(*key_file));
  key.Run([key_file](Environment& environment) { return Key(*key_file, environment); });

  const Command exporting = group.Add("export", "Write a bundle of the requests that wait for a partner");
  const auto exported = std::make_shared<ExportArguments>();
  exporting.Optional("--partner", "Agency for which they wait, such as KGZ/interior-ministry", Into(exported->partner));
  exporting.Optional("--replies", "Instead, the bundle of replies that an import told", Into(exported->replies));
  exporting.Required("--out", "The file, which must not be there yet", Into(exported->out));
  exporting.Run([exported](Environment& environment) { return Export(*exported, environment); });

  const Command importing = group.Add("import", "Give the node a bundle that a courier brought");
  const auto imported = std::make_shared<ImportArguments>();
  importing.Required("file", "The bundle", Into(imported->file));
  importing.Optional("--replies", "Where to write the replies to requests, for the way back", Into(imported->replies));
  importing.Run([imported](Environment& environment) { return Import(*imported, environment); });

  const Command show = group.Add("show", "What a bundle says of itself; without a node");
  const auto shown = std::make_shared<std::string>();
  show.Required("file", "The bundle", Into(*shown));
  show.Run([shown](Environment& environment) { return Show(*shown, environment); });
}

}  // namespace tamga::cli
