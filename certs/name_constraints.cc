#include "certs/name_constraints.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "certs/certificate_form.h"
#include "certs/host_name.h"
#include "certs/openssl_der.h"
#include "certs/openssl_error.h"
#include "certs/openssl_ptr.h"
#include "certs/refusal.h"
#include "node/base/status_macros.h"

namespace tamga::certs {
namespace {

// Pairs of a name and a subtree that are compared for one certificate and one of its authorities.
constexpr size_t kMaxComparisons = 1 << 20;

enum class Side { kPermitted, kExcluded };

// A base, or a name that is held against it.
struct Name {
  int kind;                       // GEN_ of OpenSSL
  std::string text;               // URI, DNS, e-mail; the octets of an address
  const X509_NAME* dn = nullptr;  // directory name, owned elsewhere
};

absl::Status Violation(absl::string_view what) { return Refused(kCertNameConstraint, what); }

Name NameOf(const GENERAL_NAME& name) {
  switch (name.type) {
    case GEN_DNS:
    case GEN_URI:
    case GEN_EMAIL:
      return {name.type, TextOf(name.d.ia5)};
    case GEN_IPADD:
      return {name.type, TextOf(name.d.iPAddress)};
    case GEN_DIRNAME:
      return {name.type, "", name.d.directoryName};
    default:
      return {name.type, ""};
  }
}

bool IsEvaluated(int kind) {
  return kind == GEN_DNS || kind == GEN_URI || kind == GEN_EMAIL || kind == GEN_IPADD || kind == GEN_DIRNAME;
}

// Well-formed names and bases.

bool IsPrefixMask(absl::string_view mask) {
  bool has_ended = false;
  for (const char c : mask) {
    for (int bit = 7; bit >= 0; --bit) {
      const bool is_set = (static_cast<unsigned char>(c) >> bit & 1) != 0;
      if (is_set && has_ended) return false;
      has_ended = has_ended || !is_set;
    }
  }
  return true;
}

bool IsHostOrDomain(absl::string_view text) {
  absl::ConsumePrefix(&text, ".");
  return IsHostName(text);
}

bool IsEmpty(const Name& base) {
  return base.kind == GEN_DIRNAME ? X509_NAME_entry_count(base.dn) == 0 : base.text.empty();
}

bool IsGoodBase(const Name& base) {
  switch (base.kind) {
    case GEN_DNS:
      return IsHostName(base.text);
    case GEN_URI:
      return IsHostOrDomain(base.text);
    case GEN_EMAIL:
      return IsHostOrDomain(base.text) || ParseMailbox(base.text).has_value();
    case GEN_IPADD:
      return (base.text.size() == 8 || base.text.size() == 32) &&
             IsPrefixMask(absl::string_view(base.text).substr(base.text.size() / 2));
    default:
      return true;
  }
}

// Whether it can be told if the name is inside a base of its kind.
bool IsGoodName(const Name& name) {
  switch (name.kind) {
    case GEN_DNS:
      return IsHostName(name.text) || IsWildcardName(name.text);
    case GEN_URI:
      return HostOfUri(name.text).has_value();
    case GEN_EMAIL:
      return ParseMailbox(name.text).has_value();
    case GEN_IPADD:
      return name.text.size() == 4 || name.text.size() == 16;
    case GEN_DIRNAME:
      return true;
    default:
      return false;
  }
}

// Whether a name is inside a base of its kind. Both are well formed.

bool IsDnsInside(absl::string_view name, absl::string_view base, Side side) {
  if (!absl::ConsumePrefix(&name, "*.")) return IsHostIn(name, base);
  if (IsHostIn(name, base)) return true;
  // The wildcard may also stand for the base's own first label.
  const size_t dot = base.find('.');
  return side == Side::kExcluded && dot != absl::string_view::npos &&
         absl::EqualsIgnoreCase(base.substr(dot + 1), name);
}

// ".example" stands for the hosts below it and not for itself; "example" for that host alone.
bool IsHostInside(absl::string_view host, absl::string_view base) {
  if (!absl::StartsWith(base, ".")) return absl::EqualsIgnoreCase(host, base);
  return host.size() > base.size() && absl::EndsWithIgnoreCase(host, base);
}

bool IsEmailInside(absl::string_view email, absl::string_view base) {
  const std::optional<Mailbox> mailbox = ParseMailbox(email);
  const std::optional<Mailbox> wanted = ParseMailbox(base);
  if (!mailbox) return false;
  if (!wanted) return IsHostInside(mailbox->host, base);
  return mailbox->local == wanted->local && absl::EqualsIgnoreCase(mailbox->host, wanted->host);
}

bool IsAddressInside(absl::string_view address, absl::string_view base) {
  if (base.size() != 2 * address.size()) return false;
  for (size_t i = 0; i < address.size(); ++i) {
    const int difference = address[i] ^ base[i];
    if ((difference & base[address.size() + i]) != 0) return false;
  }
  return true;
}

int RdnCount(const X509_NAME* name) {
  const int entries = X509_NAME_entry_count(name);
  return entries == 0 ? 0 : X509_NAME_ENTRY_set(X509_NAME_get_entry(name, entries - 1)) + 1;
}

// The base's relative names are the first of the name's.
bool IsDirectoryInside(const X509_NAME* name, const X509_NAME* base) {
  const int rdns = RdnCount(base);
  const X509NamePtr beginning(X509_NAME_new());
  int last = -1;
  for (int i = 0; beginning != nullptr && i < X509_NAME_entry_count(name); ++i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    const int set = X509_NAME_ENTRY_set(entry);
    if (set >= rdns) break;
    // 0 begins a relative name, -1 goes on with the one before.
    if (X509_NAME_add_entry(beginning.get(), entry, -1, set == last ? -1 : 0) != 1) return false;
    last = set;
  }
  return beginning != nullptr && X509_NAME_cmp(beginning.get(), base) == 0;
}

bool IsInside(const Name& name, const Name& base, Side side) {
  if (IsEmpty(base)) return true;
  switch (name.kind) {
    case GEN_DNS:
      return IsDnsInside(name.text, base.text, side);
    case GEN_URI:
      return IsHostInside(HostOfUri(name.text).value_or(""), base.text);
    case GEN_EMAIL:
      return IsEmailInside(name.text, base.text);
    case GEN_IPADD:
      return IsAddressInside(name.text, base.text);
    default:
      return IsDirectoryInside(name.dn, base.dn);
  }
}

// One authority's constraints.
class Constraints {
 public:
  explicit Constraints(NameConstraintsPtr parsed) : parsed_(std::move(parsed)) {}

  absl::Status Read() {
    if (parsed_ == nullptr) return Violation("an issuer's name constraints cannot be read");
    if (parsed_->permittedSubtrees == nullptr && parsed_->excludedSubtrees == nullptr) {
      return Violation("an issuer's name constraints are empty");
    }
    RETURN_IF_ERROR(ReadSubtrees(parsed_->permittedSubtrees, Side::kPermitted, permitted_));
    return ReadSubtrees(parsed_->excludedSubtrees, Side::kExcluded, excluded_);
  }

  absl::Status Check(const std::vector<Name>& names) const {
    if (names.size() * (permitted_.size() + excluded_.size()) > kMaxComparisons) {
      return Violation("there are too many names and constraints to compare");
    }
    for (const Name& name : names) RETURN_IF_ERROR(Check(name));
    return absl::OkStatus();
  }

 private:
  static absl::Status ReadSubtrees(const STACK_OF(GENERAL_SUBTREE) * subtrees, Side side, std::vector<Name>& bases) {
    if (subtrees == nullptr) return absl::OkStatus();
    if (sk_GENERAL_SUBTREE_num(subtrees) == 0) return Violation("an issuer's name constraints are empty");
    for (int i = 0; i < sk_GENERAL_SUBTREE_num(subtrees); ++i) {
      const GENERAL_SUBTREE* subtree = sk_GENERAL_SUBTREE_value(subtrees, i);
      if (subtree->minimum != nullptr || subtree->maximum != nullptr) {
        return Violation("an issuer's name constraints have a minimum or maximum");
      }
      const Name& base = bases.emplace_back(NameOf(*subtree->base));
      const bool may_be_empty = side == Side::kExcluded || !IsEvaluated(base.kind);
      if (IsEmpty(base) ? !may_be_empty : !IsGoodBase(base)) {
        return Violation("a name constraint of an issuer is not well formed");
      }
    }
    return absl::OkStatus();
  }

  absl::Status Check(const Name& name) const {
    bool is_permitted = true;
    for (const Name& base : permitted_) {
      if (base.kind != name.kind) continue;
      if (!IsGoodName(name)) return Violation("a name cannot be held against the constraints of an issuer");
      is_permitted = IsInside(name, base, Side::kPermitted);
      if (is_permitted) break;
    }
    if (!is_permitted) return Violation("an issuer is not permitted to give such a name");
    for (const Name& base : excluded_) {
      if (base.kind != name.kind) continue;
      if (!IsGoodName(name)) return Violation("a name cannot be held against the constraints of an issuer");
      if (IsInside(name, base, Side::kExcluded)) return Violation("an issuer is excluded from giving such a name");
    }
    return absl::OkStatus();
  }

  NameConstraintsPtr parsed_;
  std::vector<Name> permitted_;
  std::vector<Name> excluded_;
};

// The names of one certificate, and what owns them.
struct Names {
  GeneralNamesPtr alternative;
  std::vector<Name> all;
};

Names NamesOf(const Certificate& certificate) {
  X509* const x509 = certificate.native();
  Names names;
  names.alternative.reset(static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(x509, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names.alternative != nullptr && i < sk_GENERAL_NAME_num(names.alternative.get()); ++i) {
    names.all.push_back(NameOf(*sk_GENERAL_NAME_value(names.alternative.get(), i)));
  }
  const X509_NAME* subject = X509_get_subject_name(x509);
  if (X509_NAME_entry_count(subject) != 0) names.all.push_back({GEN_DIRNAME, "", subject});
  for (int at = -1; (at = X509_NAME_get_index_by_NID(subject, NID_pkcs9_emailAddress, at)) >= 0;) {
    names.all.push_back({GEN_EMAIL, TextOf(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)))});
  }
  return names;
}

absl::Status CheckBelow(const CertificateChain& path, size_t issuer) {
  int found = -1;
  NameConstraintsPtr parsed(static_cast<NAME_CONSTRAINTS*>(
      X509_get_ext_d2i(path[issuer].native(), NID_name_constraints, &found, /*idx=*/nullptr)));
  if (parsed == nullptr && found == -1) return absl::OkStatus();
  Constraints constraints(std::move(parsed));
  RETURN_IF_ERROR(constraints.Read());
  for (size_t i = 0; i < issuer; ++i) {
    if (i != 0 && IsSelfIssued(path[i])) continue;
    RETURN_IF_ERROR(constraints.Check(NamesOf(path[i]).all));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckNameConstraints(const CertificateChain& path) {
  for (size_t issuer = path.size() - 1; issuer > 0; --issuer) {
    const absl::Status status = CheckBelow(path, issuer);
    DrainOpenSslErrors();
    RETURN_IF_ERROR(status);
  }
  return absl::OkStatus();
}

}  // namespace tamga::certs
