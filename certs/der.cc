#include "certs/der.h"

#include <openssl/asn1.h>

#include <cstddef>
#include <cstdint>

namespace tamga::certs {
namespace {

constexpr int kMaxDepth = 32;
constexpr unsigned char kClassBits = 0xc0;
constexpr unsigned char kConstructed = 0x20;
constexpr unsigned char kNumberBits = 0x1f;

unsigned char At(absl::string_view text, size_t i) { return static_cast<unsigned char>(text[i]); }

// Takes the length octets off `der`.
std::optional<size_t> TakeLength(absl::string_view& der) {
  if (der.empty()) return std::nullopt;
  const unsigned char first = At(der, 0);
  der.remove_prefix(1);
  if (first < 0x80) return first;
  const size_t octets = first & 0x7f;
  if (octets == 0 || octets > 4 || octets > der.size() || At(der, 0) == 0) return std::nullopt;
  uint64_t length = 0;
  for (size_t i = 0; i < octets; ++i) length = length << 8 | At(der, i);
  der.remove_prefix(octets);
  if (length < 0x80) return std::nullopt;
  return static_cast<size_t>(length);
}

bool IsShortestInteger(absl::string_view content) {
  if (content.empty()) return false;
  if (content.size() == 1) return true;
  const bool next_is_negative = (At(content, 1) & 0x80) != 0;
  return !(At(content, 0) == 0 && !next_is_negative) && !(At(content, 0) == 0xff && next_is_negative);
}

bool IsBitString(absl::string_view content) {
  if (content.empty() || At(content, 0) > 7) return false;
  const unsigned unused = At(content, 0);
  if (content.size() == 1) return unused == 0;
  return (At(content, content.size() - 1) & ((1u << unused) - 1)) == 0;
}

bool IsObjectIdentifier(absl::string_view content) {
  if (content.empty() || (At(content, content.size() - 1) & 0x80) != 0) return false;
  bool begins = true;
  for (size_t i = 0; i < content.size(); ++i) {
    if (begins && At(content, i) == 0x80) return false;
    begins = (At(content, i) & 0x80) == 0;
  }
  return true;
}

bool IsPrimitiveInDer(int number, absl::string_view content) {
  switch (number) {
    case V_ASN1_BOOLEAN:
      return content == "\xff";
    case V_ASN1_INTEGER:
    case V_ASN1_ENUMERATED:
      return IsShortestInteger(content);
    case V_ASN1_BIT_STRING:
      return IsBitString(content);
    case V_ASN1_NULL:
      return content.empty();
    case V_ASN1_OBJECT:
      return IsObjectIdentifier(content);
    case V_ASN1_SEQUENCE:
    case V_ASN1_SET:
    case V_ASN1_EOC:
      return false;
    default:
      return true;
  }
}

bool IsElementInDer(const DerElement& element, int depth);

bool AreElementsInDer(absl::string_view content, bool in_order, int depth) {
  absl::string_view before;
  while (!content.empty()) {
    const std::optional<DerElement> element = TakeDerElement(content);
    if (!element || !IsElementInDer(*element, depth)) return false;
    if (in_order && element->whole < before) return false;
    before = element->whole;
  }
  return true;
}

bool IsElementInDer(const DerElement& element, int depth) {
  if (depth == 0) return false;
  const bool is_universal = (element.tag & kClassBits) == 0;
  const int number = element.tag & kNumberBits;
  if ((element.tag & kConstructed) == 0) return !is_universal || IsPrimitiveInDer(number, element.content);
  if (is_universal && number != V_ASN1_SEQUENCE && number != V_ASN1_SET) return false;
  return AreElementsInDer(element.content, is_universal && number == V_ASN1_SET, depth - 1);
}

}  // namespace

std::optional<DerElement> TakeDerElement(absl::string_view& der) {
  absl::string_view rest = der;
  if (rest.empty() || (At(rest, 0) & kNumberBits) == kNumberBits) return std::nullopt;
  const unsigned char tag = At(rest, 0);
  rest.remove_prefix(1);
  const std::optional<size_t> length = TakeLength(rest);
  if (!length || *length > rest.size()) return std::nullopt;
  const size_t header = der.size() - rest.size();
  const DerElement element{tag, rest.substr(0, *length), der.substr(0, header + *length)};
  der.remove_prefix(element.whole.size());
  return element;
}

bool IsDer(absl::string_view der) {
  const std::optional<DerElement> element = TakeDerElement(der);
  return element.has_value() && der.empty() && IsElementInDer(*element, kMaxDepth);
}

}  // namespace tamga::certs
