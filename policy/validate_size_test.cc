// Bounds of what a document may ask of those who hold it.
#include <functional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/matchers.h"
#include "policy/document_fixture.h"
#include "policy/enum_names.h"
#include "policy/treaty_document.h"
#include "policy/validate.h"

namespace tamga::policy {
namespace {

using ::testing::HasSubstr;

constexpr int kRulesOfText = 4;  // of TreatyText, beside one invariant

std::string Many(int count, const std::function<std::string(int)>& piece) {
  std::string text;
  for (int i = 0; i < count; ++i) absl::StrAppend(&text, piece(i), "\n");
  return text;
}

std::string Prohibition(int i, absl::string_view more = "") {
  return absl::StrCat("prohibitions { id: \"p", i, "\" cites: \"3\" ", more, " }");
}

std::string Prohibitions(int count) {
  return Many(count, [](int i) { return Prohibition(i); });
}

auto Finds(const std::string& finding) { return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(finding)); }

// "PAA", "PAB", …
std::string State(int i) { return {'P', static_cast<char>('A' + i / 26), static_cast<char>('A' + i % 26)}; }

// With so many parties more, of two agencies each.
std::string WithParties(int count) {
  return absl::StrCat(TreatyText(), Many(count, [](int i) {
                        return absl::StrCat("parties { state: \"", State(i), "\" agencies: \"", State(i),
                                            "/x\" agencies: \"", State(i), "/y\" }");
                      }));
}

TEST(ValidateSizeTest, ATreatyHasNoMoreRulesThanAllowed) {
  EXPECT_OK(ReadTreaty(TreatyText() + Prohibitions(kMostRules - kRulesOfText), "t"));
  EXPECT_THAT(ReadTreaty(TreatyText() + Prohibitions(kMostRules - kRulesOfText + 1), "t"),
              Finds("duties[0]: is one rule too many; at most 10000 are allowed"));
  EXPECT_THAT(ReadTreaty(TreatyText() + Prohibitions(kMostRules), "t"),
              Finds("prohibitions[9999]: is one rule too many; at most 10000 are allowed"));
}

TEST(ValidateSizeTest, NeitherHasAnOverlayNorAReservation) {
  const std::string rules = Prohibitions(kMostRules + 1);
  EXPECT_THAT(ReadOverlay(Changed(OverlayText(), "narrowing {", "narrowing {\n" + rules), "o"),
              Finds("narrowing.prohibitions[10000]: is one rule too many"));
  EXPECT_THAT(ReadInstrument(Changed(ReservationText(), "narrowing {", "narrowing {\n" + rules), "i"),
              Finds("reserve.narrowing.prohibitions[10000]: is one rule too many"));
}

TEST(ValidateSizeTest, InvariantsAreNumbered) {
  const auto invariants = [](int count) {
    return Many(count, [](int i) { return absl::StrCat("invariants { id: \"i", i, "\" cites: \"1\" }"); });
  };
  EXPECT_OK(ReadTreaty(TreatyText() + invariants(kMostInvariants - 1), "t"));
  EXPECT_THAT(ReadTreaty(TreatyText() + invariants(kMostInvariants), "t"),
              Finds("invariants[100]: is one too many; at most 100 are allowed"));
}

TEST(ValidateSizeTest, TheMoreAgenciesTheFewerRules) {
  EXPECT_OK(ReadTreaty(WithParties(247) + Prohibitions(100), "t")) << "nearly as many States as there are";
  EXPECT_THAT(ReadTreaty(WithParties(247) + Prohibitions(200), "t"),
              Finds("t:1:1: id: has 205 rules and invariants about 747 agencies and States; the rules times the square "
                    "of these are 114391845, and at most 64000000 are allowed"));
}

TEST(ValidateSizeTest, NumbersAreTestedAgainstSoManyLimitsAndNoMore) {
  const auto limits = [](int count) {
    return Many(count, [](int i) {
      return Prohibition(i, absl::StrCat("when { attribute: ATTRIBUTE_VOLUME at_most: ", i + 1, " }"));
    });
  };
  EXPECT_OK(ReadTreaty(TreatyText() + limits(498), "t")) << "it has two itself";
  EXPECT_THAT(ReadTreaty(TreatyText() + limits(499), "t"),
              Finds("id: tests numbers against 501 different limits; at most 500 are allowed"));
}

TEST(ValidateSizeTest, RulesListOnlySoMuchTogether) {
  const auto all = [](const google::protobuf::EnumDescriptor* type, const char* field) {
    return Many(type->value_count() - 1, [&](int i) { return absl::StrCat(field, ": ", type->value(i + 1)->name()); });
  };
  const std::string scope =
      absl::StrCat("scope { ", all(v1::RecordKind_descriptor(), "record_kinds"),
                   all(v1::Operation_descriptor(), "operations"), all(v1::Purpose_descriptor(), "purposes"), "}");
  const auto rules = [&](int count) { return Many(count, [&](int i) { return Prohibition(i, scope); }); };
  const int each = (v1::RecordKind_descriptor()->value_count() - 1) * (v1::Operation_descriptor()->value_count() - 1) *
                   (v1::Purpose_descriptor()->value_count() - 1);
  const int most = (static_cast<int>(kMostLookups) - kRulesOfText) / each;
  EXPECT_OK(ReadTreaty(TreatyText() + rules(most), "t"));
  EXPECT_THAT(ReadTreaty(TreatyText() + rules(most + 1), "t"),
              Finds(absl::StrCat("prohibitions[", most + 1, "].scope: lists too much")))
      << "the text has a prohibition itself";
}

TEST(ValidateSizeTest, ATreatyIsAmendedSoOftenAndNoMore) {
  const auto version = [](uint32_t number) {
    return Changed(TreatyText(), "version: 1",
                   absl::StrCat("version: ", number, " previous_sha256: \"", SomeHash(), "\""));
  };
  EXPECT_OK(ReadTreaty(version(kMostVersions), "t"));
  EXPECT_THAT(ReadTreaty(version(kMostVersions + 1), "t"), Finds("version: must be at most 64"));
}

}  // namespace
}  // namespace tamga::policy
