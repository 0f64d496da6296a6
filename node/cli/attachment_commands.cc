// tamga attachment: scans, photographs and reports of readmission cases.
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/sha256.h"
#include "node/base/status_macros.h"
#include "node/cli/call_context.h"
#include "node/cli/commands.h"
#include "node/cli/exchange_text.h"
#include "node/cli/output.h"
#include "node/cli/output_files.h"
#include "node/cli/progress.h"
#include "node/cli/session.h"
#include "tamga/v1/attachment_service.grpc.pb.h"

namespace tamga::cli {
namespace {

using Stub = v1::AttachmentService::Stub;

constexpr size_t kPieceBytes = 256u << 10;

struct MediaType {
  absl::string_view suffix;
  absl::string_view type;
};
constexpr MediaType kMediaTypes[] = {
    {".jpg", "image/jpeg"},  {".jpeg", "image/jpeg"}, {".png", "image/png"},       {".tif", "image/tiff"},
    {".tiff", "image/tiff"}, {".jp2", "image/jp2"},   {".pdf", "application/pdf"},
};

// By the file's name; the node looks at the bytes.
absl::StatusOr<std::string> MediaTypeOf(const std::string& path) {
  const std::string lower = absl::AsciiStrToLower(path);
  for (const MediaType& each : kMediaTypes) {
    if (absl::EndsWith(lower, each.suffix)) return std::string(each.type);
  }
  return UsageError("the file's name does not tell its type; give --media-type, such as image/jpeg");
}

absl::Status Unreadable(const std::string& path) {
  return absl::ErrnoToStatus(errno == 0 ? EIO : errno, absl::StrCat("cannot read ", path));
}

// Hands `take` the file's bytes from `offset` on, piece by piece, until it returns false.
template <typename Take>
absl::Status ReadPieces(const std::string& path, uint64_t offset, Take take) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open()) return Unreadable(path);
  file.seekg(static_cast<std::streamoff>(offset));
  std::string piece;
  while (true) {
    piece.resize(kPieceBytes);
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    piece.resize(static_cast<size_t>(std::max<std::streamsize>(file.gcount(), 0)));
    if (file.bad()) return Unreadable(path);
    if (piece.empty()) return absl::OkStatus();
    if (!take(piece)) return absl::OkStatus();
  }
}

struct AddArguments {
  v1::CallContext context;
  v1::AttachmentManifest manifest;
  std::string file;
  uint64_t pages = 0;
};

absl::Status FillIn(AddArguments& arguments) {
  v1::AttachmentManifest& manifest = arguments.manifest;
  manifest.set_pages(static_cast<uint32_t>(std::min<uint64_t>(arguments.pages, UINT32_MAX)));
  if (manifest.media_type().empty()) {
    ASSIGN_OR_RETURN(*manifest.mutable_media_type(), MediaTypeOf(arguments.file));
  }
  Sha256Hasher hasher;
  uint64_t size = 0;
  RETURN_IF_ERROR(ReadPieces(arguments.file, 0, [&](const std::string& piece) {
    hasher.Update(piece);
    size += piece.size();
    return true;
  }));
  manifest.set_size(size);
  manifest.set_sha256(hasher.Finish());
  return absl::OkStatus();
}

absl::StatusOr<v1::UploadAttachmentResponse> Upload(Session& session, const AddArguments& arguments, uint64_t from,
                                                    Environment& environment) {
  Progress progress(environment, "uploading");
  return session.Send(&Stub::UploadAttachment, [&](const auto& send) -> absl::Status {
    v1::UploadAttachmentRequest first;
    *first.mutable_context() = arguments.context;
    *first.mutable_manifest() = arguments.manifest;
    if (!send(first)) return absl::OkStatus();  // the node says why
    uint64_t offset = from;
    return ReadPieces(arguments.file, from, [&](const std::string& piece) {
      v1::UploadAttachmentRequest request;
      request.set_offset(offset);
      request.set_data(piece);
      offset += piece.size();
      progress.Show(offset, arguments.manifest.size());
      return send(request);
    });
  });
}

absl::Status AddAttachment(AddArguments& arguments, Environment& environment) {
  RETURN_IF_ERROR(FillIn(arguments));
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  v1::QueryUploadRequest query;
  *query.mutable_context() = arguments.context;
  *query.mutable_manifest() = arguments.manifest;
  ASSIGN_OR_RETURN(const auto known, session->Call(&Stub::QueryUpload, query));
  if (known.complete()) {
    Say(environment, "the case has this attachment already");
    PrintRecord(environment, known, known.attachment());
    return absl::OkStatus();
  }
  if (known.offset() > 0) Say(environment, absl::StrCat("going on at byte ", known.offset()));
  ASSIGN_OR_RETURN(const auto response, Upload(*session, arguments, known.offset(), environment));
  if (!response.complete()) {
    return absl::UnavailableError(
        absl::StrCat("the node has ", response.offset(), " bytes of the attachment; run the same command again"));
  }
  PrintRecord(environment, response, response.attachment());
  return absl::OkStatus();
}

absl::Status SendToPartner(const v1::SendAttachmentRequest& request, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::SendAttachment, request));
  if (response.has_exchange()) SayExchange(environment, response.exchange());
  if (response.attachment().state() == v1::ATTACHMENT_STATE_SENDING) {
    Say(environment, "the node goes on sending; tamga attachment list tells how far it is");
  }
  PrintRecord(environment, response, response.attachment());
  return absl::OkStatus();
}

absl::Status List(const v1::ListAttachmentsRequest& request, Environment& environment) {
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  ASSIGN_OR_RETURN(const auto response, session->Call(&Stub::ListAttachments, request));
  Table table({"ATTACHMENT", "FROM", "KIND", "TYPE", "BYTES", "STATE", "THERE", "TITLE", "REASON"});
  for (const v1::Attachment& attachment : response.attachments()) {
    const v1::AttachmentManifest& manifest = attachment.manifest();
    const bool is_partial =
        attachment.state() == v1::ATTACHMENT_STATE_UNFINISHED || attachment.state() == v1::ATTACHMENT_STATE_SENDING;
    table.AddRow({manifest.attachment_id(), attachment.agency(), ShortEnumName(manifest.kind()), manifest.media_type(),
                  absl::StrCat(manifest.size()), ShortEnumName(attachment.state()),
                  is_partial ? absl::StrCat(attachment.offset()) : "-",
                  manifest.title().empty() ? "-" : manifest.title(),
                  attachment.reason().empty() ? "-" : attachment.reason()});
  }
  if (!PrintedAsJson(environment, response)) PrintTable(environment, table);
  return absl::OkStatus();
}

struct GetArguments {
  v1::GetAttachmentRequest request;
  std::string out;
  bool replace = false;
};

// Into a file beside the place first, so that nobody takes half of it for the whole.
absl::Status Receive(Session& session, const v1::GetAttachmentRequest& request, const std::string& path,
                     v1::Attachment* attachment, Environment& environment) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  Progress progress(environment, "fetching");
  Sha256Hasher hasher;
  uint64_t done = 0;
  RETURN_IF_ERROR(session.Receive(&Stub::GetAttachment, request, [&](const v1::GetAttachmentResponse& response) {
    if (response.has_attachment()) *attachment = response.attachment();
    file.write(response.data().data(), static_cast<std::streamsize>(response.data().size()));
    hasher.Update(response.data());
    done += response.data().size();
    progress.Show(done, attachment->manifest().size());
    return file.good();
  }));
  file.close();
  if (!file.good()) return absl::InternalError(absl::StrCat("cannot write to ", path, "; is the disk full?"));
  if (done == attachment->manifest().size() && hasher.Finish() == attachment->manifest().sha256()) {
    return absl::OkStatus();
  }
  return Error(absl::StatusCode::kDataLoss, "HASH_MISMATCH", "the bytes that came are not those of the attachment");
}

absl::Status Get(const GetArguments& arguments, Environment& environment) {
  RETURN_IF_ERROR(CheckOutputFile(arguments.out, arguments.replace));
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  const std::string partial = absl::StrCat(arguments.out, ".partial");
  v1::Attachment attachment;
  absl::Status status = Receive(*session, arguments.request, partial, &attachment, environment);
  if (status.ok() && std::rename(partial.c_str(), arguments.out.c_str()) != 0) {
    status = absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", arguments.out));
  }
  if (!status.ok()) {
    std::remove(partial.c_str());
    return status;
  }
  PrintRecord(environment, attachment, attachment);
  return absl::OkStatus();
}

void AddAddCommand(const Command& group) {
  const Command command = group.Add("add", "Upload an attachment of a case; goes on where an upload broke off");
  const auto arguments = std::make_shared<AddArguments>();
  v1::AttachmentManifest& manifest = arguments->manifest;
  command.Required("--case", "The case", Into(*manifest.mutable_case_id()));
  command.Required("--kind", "What it is",
                   IntoEnum<v1::AttachmentKind>([&manifest](v1::AttachmentKind kind) { manifest.set_kind(kind); }));
  command.Required("--file", "The file", Into(arguments->file));
  command.Optional("--media-type", "Its type, such as image/jpeg; by the file's name if not given",
                   Into(*manifest.mutable_media_type()));
  command.Optional("--title", "What a list calls it; never a name or number of the person",
                   Into(*manifest.mutable_title()));
  command.Optional("--pages", "How many pages it has", Into(arguments->pages));
  arguments->context.set_purpose(v1::PURPOSE_READMISSION);
  AddCallContext(command, arguments->context);
  command.Run([arguments](Environment& environment) { return AddAttachment(*arguments, environment); });
}

void AddSendCommand(const Command& group) {
  const Command command = group.Add("send", "Send an attachment to the other side of its case");
  const auto request = std::make_shared<v1::SendAttachmentRequest>();
  command.Required("case", "The case", Into(*request->mutable_case_id()));
  command.Required("attachment", "The attachment", Into(*request->mutable_attachment_id()));
  request->mutable_context()->set_purpose(v1::PURPOSE_READMISSION);
  AddCallContext(command, *request->mutable_context());
  command.Run([request](Environment& environment) { return SendToPartner(*request, environment); });
}

void AddListCommand(const Command& group) {
  const Command command = group.Add("list", "List the attachments of a case, and how far they are");
  const auto request = std::make_shared<v1::ListAttachmentsRequest>();
  command.Required("case", "The case", Into(*request->mutable_case_id()));
  command.Run([request](Environment& environment) { return List(*request, environment); });
}

void AddGetCommand(const Command& group) {
  const Command command = group.Add("get", "Fetch an attachment");
  const auto arguments = std::make_shared<GetArguments>();
  command.Required("case", "The case", Into(*arguments->request.mutable_case_id()));
  command.Required("attachment", "The attachment", Into(*arguments->request.mutable_attachment_id()));
  command.Required("--out", "File to write", Into(arguments->out));
  command.Flag("--replace", "Replace the file if it is there", arguments->replace);
  AddUseContext(command, *arguments->request.mutable_context());
  command.Run([arguments](Environment& environment) -> absl::Status {
    if (arguments->request.context().ByteSizeLong() == 0) arguments->request.clear_context();
    return Get(*arguments, environment);
  });
}

}  // namespace

void AddAttachmentCommands(const Command& root) {
  const Command group = root.Add("attachment", "Scans, photographs, fingerprints and reports of readmission cases");
  AddAddCommand(group);
  AddSendCommand(group);
  AddListCommand(group);
  AddGetCommand(group);
}

}  // namespace tamga::cli
