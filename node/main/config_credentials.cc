// Files that the service manager hands to the node: systemd's LoadCredential= and LoadCredentialEncrypted= put them in
// a folder of their own, on no disk, readable for the service alone (systemd.exec(5), "Credentials").
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "node/main/config_parts.h"

namespace tamga::node {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr absl::string_view kPrefix = "credential:";

class Resolver {
 public:
  Resolver(std::string folder, Mistakes& mistakes) : folder_(std::move(folder)), mistakes_(mistakes) {}

  // `path` is that of the message within the configuration, "tls." or "".
  void Resolve(const std::string& path, Message& message) {
    const Reflection& reflection = *message.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      if (!field->is_repeated()) {
        ResolveOne(absl::StrCat(path, field->name()), field, message);
        continue;
      }
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        ResolveRepeated(absl::StrCat(path, field->name(), "[", i, "]"), field, i, message);
      }
    }
  }

 private:
  void ResolveOne(const std::string& name, const FieldDescriptor* field, Message& message) {
    const Reflection& reflection = *message.GetReflection();
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Resolve(name + ".", *reflection.MutableMessage(&message, field));
    } else if (IsFile(*field)) {
      reflection.SetString(&message, field, Find(name, reflection.GetString(message, field)));
    }
  }

  void ResolveRepeated(const std::string& name, const FieldDescriptor* field, int i, Message& message) {
    const Reflection& reflection = *message.GetReflection();
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Resolve(name + ".", *reflection.MutableRepeatedMessage(&message, field, i));
    } else if (IsFile(*field)) {
      reflection.SetRepeatedString(&message, field, i, Find(name, reflection.GetRepeatedString(message, field, i)));
    }
  }

  static bool IsFile(const FieldDescriptor& field) {
    return field.cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
           (absl::EndsWith(field.name(), "_file") || absl::EndsWith(field.name(), "_files"));
  }

  std::string Find(const std::string& field, const std::string& file) {
    absl::string_view name = file;
    if (!absl::ConsumePrefix(&name, kPrefix)) return file;
    if (name.empty() || name == "." || name == ".." || absl::StrContains(name, "/")) {
      mistakes_.Add(field,
                    absl::StrCat("is ", file, "; after ", kPrefix, " comes the name that LoadCredential= of the ",
                                 "unit gives the file, without a slash"));
    } else if (folder_.empty()) {
      mistakes_.Add(field,
                    absl::StrCat("is ", file, ", but CREDENTIALS_DIRECTORY is not set; start the node by a unit ",
                                 "with LoadCredential=", name, ":FILE, or name the file itself"));
    } else if (!absl::StartsWith(folder_, "/")) {
      mistakes_.Add(field, absl::StrCat("is ", file, ", but CREDENTIALS_DIRECTORY is not an absolute path; ",
                                        "let the service manager set it"));
    } else {
      return absl::StrCat(folder_, "/", name);
    }
    return file;
  }

  const std::string folder_;
  Mistakes& mistakes_;
};

// What systemd hands over are copies that it made: a renewal would put its files beside them, where nobody reads them.
void CheckRenewable(absl::string_view pair_field, const v1::KeyPair& pair, absl::string_view wish, Mistakes& mistakes) {
  for (const auto& [name, file] :
       {std::pair("certificate_file", &pair.certificate_file()), std::pair("key_file", &pair.key_file())}) {
    if (!absl::StartsWith(*file, kPrefix)) continue;
    mistakes.Add(
        absl::StrCat(pair_field, ".", name),
        absl::StrCat("is ", *file, ", a copy of the service manager's, where ", wish, " can write no new one; ",
                     "name a file in a folder that the node may write to, or leave out ", wish));
  }
}

}  // namespace

void ResolveCredentials(const char* folder, v1::NodeConfig& config, Mistakes& mistakes) {
  if (config.has_enrolment()) CheckRenewable("tls", config.tls(), "enrolment", mistakes);
  if (config.enrolment().renew_seal()) CheckRenewable("seal", config.seal(), "enrolment.renew_seal", mistakes);
  Resolver(folder == nullptr ? "" : folder, mistakes).Resolve("", config);
}

}  // namespace tamga::node
