#include "node/readmission/forms/form_words.h"

namespace tamga::readmission {
namespace {

struct Entry {
  absl::string_view key;
  absl::string_view en;
  absl::string_view ru;
  absl::string_view kk;
};

constexpr Entry kEntries[] = {
    // Headings.
    {"application", "APPLICATION FOR READMISSION", "ХОДАТАЙСТВО О РЕАДМИССИИ", "РЕАДМИССИЯ ТУРАЛЫ ӨТІНІШХАТ"},
    {"notice", "NOTICE OF READMISSION", "УВЕДОМЛЕНИЕ О РЕАДМИССИИ", "РЕАДМИССИЯ ТУРАЛЫ ХАБАРЛАМА"},
    {"decision", "DECISION ON AN APPLICATION FOR READMISSION", "РЕШЕНИЕ ПО ХОДАТАЙСТВУ О РЕАДМИССИИ",
     "РЕАДМИССИЯ ТУРАЛЫ ӨТІНІШХАТ БОЙЫНША ШЕШІМ"},
    {"requesting", "Requesting authority", "Запрашивающий орган", "Сұрау салушы орган"},
    {"requested", "Requested authority", "Запрашиваемый орган", "Сұрау салынатын орган"},
    {"file_number", "File number", "Номер дела", "Іс нөмірі"},
    {"case", "Case", "Дело", "Іс"},
    {"asked_at", "Date and hour of the application", "Дата и время ходатайства", "Өтінішхаттың күні мен уақыты"},
    {"received_at", "Received", "Получено", "Алынған күні мен уақыты"},
    {"reply_due_at", "Reply due by", "Срок ответа", "Жауап беру мерзімі"},
    {"procedure", "Procedure", "Процедура", "Рәсім"},
    {"category", "The person is", "Лицо является", "Тұлға мынадай санатқа жатады"},
    {"block_a", "A. Personal particulars", "A. Личные данные", "A. Жеке деректер"},
    {"block_b", "B. Documents", "B. Документы", "B. Құжаттар"},
    {"block_c", "C. Special circumstances", "C. Особые обстоятельства", "C. Ерекше мән-жайлар"},
    {"block_d", "D. Evidence", "D. Доказательства", "D. Дәлелдемелер"},
    {"block_e", "E. Itinerary", "E. Маршрут следования", "E. Жүру бағыты"},
    {"block_f", "F. Decision", "F. Решение", "F. Шешім"},

    // A.
    {"names", "Surname, given names, patronymic", "Фамилия, имя, отчество", "Тегі, аты, әкесінің аты"},
    {"earlier_names", "Names at birth and earlier names", "Фамилия при рождении и прежние имена",
     "Туған кездегі және бұрынғы тегі мен аты"},
    {"aliases", "Other names in use", "Другие используемые имена", "Қолданатын басқа есімдері"},
    {"born_on", "Date of birth", "Дата рождения", "Туған күні"},
    {"born_at", "Place and State of birth", "Место и государство рождения", "Туған жері мен мемлекеті"},
    {"sex", "Sex", "Пол", "Жынысы"},
    {"F", "female", "женский", "әйел"},
    {"M", "male", "мужской", "ер"},
    {"X", "unspecified", "не указан", "көрсетілмеген"},
    {"nationalities", "Nationality", "Гражданство", "Азаматтығы"},
    {"former_nationalities", "Former nationalities", "Прежнее гражданство", "Бұрынғы азаматтығы"},
    {"languages", "Languages", "Владение языками", "Білетін тілдері"},
    {"physical_description", "Physical description (height, build, marks)",
     "Описание внешности (рост, телосложение, особые приметы)",
     "Сырт келбетінің сипаттамасы (бойы, дене бітімі, ерекше белгілері)"},
    {"father_name", "Father's full name", "Фамилия, имя, отчество отца", "Әкесінің тегі, аты, әкесінің аты"},
    {"mother_name", "Mother's full name", "Фамилия, имя, отчество матери", "Анасының тегі, аты, әкесінің аты"},
    {"civil_status", "Civil status", "Семейное положение", "Отбасы жағдайы"},
    {"spouse", "Wife or husband", "Супруга (супруг)", "Зайыбы (жұбайы)"},
    {"children", "Accompanying children", "Сопровождаемые дети", "Бірге жүретін балалары"},
    {"last_address", "Last address in the requested State", "Последнее место жительства в запрашиваемом государстве",
     "Сұрау салынатын мемлекеттегі соңғы тұрғылықты жері"},
    {"confession", "Religious confession", "Вероисповедание", "Діни сенімі"},

    // B to E.
    {"document_kind", "Kind", "Вид", "Түрі"},
    {"document_number", "Number", "Номер", "Нөмірі"},
    {"issuing_state", "Issuing State", "Государство выдачи", "Берген мемлекет"},
    {"issuing_authority", "Issuing authority", "Орган выдачи", "Берген орган"},
    {"issued_on", "Issued on", "Дата выдачи", "Берілген күні"},
    {"expires_on", "Valid until", "Действителен до", "Жарамдылық мерзімі"},
    {"special_circumstances", "Health, care, danger, protection measures",
     "Состояние здоровья, потребность в уходе, опасность, меры защиты",
     "Денсаулық жағдайы, күтім қажеттілігі, қауіптілік, қорғау шаралары"},
    {"willing", "The person has declared in writing to be willing to go",
     "Лицо письменно заявило о согласии на возвращение", "Тұлға қайтуға келісетінін жазбаша мәлімдеді"},
    {"TERNARY_YES", "yes", "да", "иә"},
    {"TERNARY_NO", "no", "нет", "жоқ"},
    {"evidence_tier", "What it proves", "Доказательная сила", "Дәлелдемелік күші"},
    {"evidence_kind", "Kind", "Вид", "Түрі"},
    {"pages", "Pages", "Листов", "Парақ саны"},
    {"copy_sha256", "SHA-256 of the copy", "SHA-256 копии", "Көшірменің SHA-256 мәні"},
    {"itinerary", "Stop-overs", "Пункты следования", "Аялдаған жерлері"},
    {"apprehension", "Where and how the person was found", "Место и обстоятельства задержания",
     "Ұсталған жері мен мән-жайлары"},
    {"known_on", "Unlawful stay known since", "Дата установления незаконного пребывания",
     "Заңсыз болуы анықталған күн"},

    // F.
    {"accepted", "accepted", "удовлетворено", "қанағаттандырылды"},
    {"refused", "refused", "отказано", "бас тартылды"},
    {"deemed_accepted", "deemed accepted: no answer in time", "считается удовлетворённым: ответа в срок нет",
     "қанағаттандырылды деп есептеледі: мерзімінде жауап берілмеді"},
    {"decided_at", "Date and hour of the decision", "Дата и время решения", "Шешімнің күні мен уақыты"},
    {"refusal_code", "Ground of the refusal", "Основание отказа", "Бас тарту негізі"},
    {"reasons", "Written reasons", "Письменное обоснование", "Жазбаша негіздеме"},
    {"articles", "Articles", "Статьи", "Баптар"},
    {"signature", "Date, name and signature", "Дата, фамилия и подпись", "Күні, тегі және қолы"},
    {"stamp", "Official stamp", "Место печати", "Мөр орны"},

    // Enumerators.
    {"READMISSION_PROCEDURE_NORMAL", "normal", "обычная", "қалыпты"},
    {"READMISSION_PROCEDURE_ACCELERATED", "accelerated", "ускоренная", "жеделдетілген"},
    {"READMISSION_PROCEDURE_NOTICE", "plain notice", "по уведомлению", "хабарлама бойынша"},
    {"PERSON_CATEGORY_OWN_NATIONAL", "a national of the requested State", "гражданином запрашиваемого государства",
     "сұрау салынатын мемлекеттің азаматы"},
    {"PERSON_CATEGORY_FORMER_NATIONAL", "a former national of the requested State",
     "бывшим гражданином запрашиваемого государства", "сұрау салынатын мемлекеттің бұрынғы азаматы"},
    {"PERSON_CATEGORY_THIRD_COUNTRY_NATIONAL", "a national of a third State", "гражданином третьего государства",
     "үшінші мемлекеттің азаматы"},
    {"PERSON_CATEGORY_STATELESS", "a stateless person", "лицом без гражданства", "азаматтығы жоқ тұлға"},
    {"CIVIL_STATUS_SINGLE", "single", "в браке не состоял(а)", "некеде тұрмаған"},
    {"CIVIL_STATUS_MARRIED", "married", "состоит в браке", "некеде тұрады"},
    {"CIVIL_STATUS_DIVORCED", "divorced", "разведён(а)", "ажырасқан"},
    {"CIVIL_STATUS_WIDOWED", "widowed", "вдовец (вдова)", "тұл (жесір)"},
    {"EVIDENCE_TIER_NATIONALITY_PROOF", "proof of nationality", "доказательство гражданства", "азаматтықтың дәлелі"},
    {"EVIDENCE_TIER_NATIONALITY_PRIMA_FACIE", "prima facie evidence of nationality",
     "косвенное доказательство гражданства", "азаматтықтың жанама дәлелі"},
    {"EVIDENCE_TIER_NATIONALITY_INDICATION", "ground to check nationality", "основание для проверки гражданства",
     "азаматтықты тексеруге негіз"},
    {"EVIDENCE_TIER_ROUTE_PROOF", "proof of route", "доказательство маршрута", "жүру бағытының дәлелі"},
    {"EVIDENCE_TIER_ROUTE_PRIMA_FACIE", "prima facie evidence of route", "косвенное доказательство маршрута",
     "жүру бағытының жанама дәлелі"},
    {"EVIDENCE_TIER_FALSE_DOCUMENT", "known to be false", "заведомо подложный документ", "көрінеу жалған құжат"},
    {"REFUSAL_CODE_NOT_NATIONAL", "not a national", "не является гражданином", "азамат болып табылмайды"},
    {"REFUSAL_CODE_NOT_IDENTIFIED", "not identified", "личность не установлена", "жеке басы анықталмады"},
    {"REFUSAL_CODE_EVIDENCE_INSUFFICIENT", "the evidence does not suffice", "доказательств недостаточно",
     "дәлелдемелер жеткіліксіз"},
    {"REFUSAL_CODE_EVIDENCE_FALSE", "the evidence is false", "доказательства подложны", "дәлелдемелер жалған"},
    {"REFUSAL_CODE_CONDITIONS_NOT_MET", "the conditions of the agreement are not met",
     "условия соглашения не выполнены", "келісімнің шарттары орындалмаған"},
    {"REFUSAL_CODE_AIRSIDE_TRANSIT_ONLY", "transit zone of an airport alone", "только транзитная зона аэропорта",
     "тек әуежайдың транзит аймағы"},
    {"REFUSAL_CODE_LATE_APPLICATION", "the application came too late", "ходатайство подано с опозданием",
     "өтінішхат мерзімінен кеш берілді"},
    {"REFUSAL_CODE_ALREADY_PENDING", "a case of the same person is pending", "дело этого лица уже рассматривается",
     "осы тұлғаның ісі қаралып жатыр"},
    {"REFUSAL_CODE_TREATY_NOT_APPLICABLE", "the agreement does not apply", "соглашение не применяется",
     "келісім қолданылмайды"},
};

}  // namespace

std::string FormWord(v1::Language language, absl::string_view key) {
  for (const Entry& entry : kEntries) {
    if (entry.key != key) continue;
    switch (language) {
      case v1::LANGUAGE_RU:
        return std::string(entry.ru);
      case v1::LANGUAGE_KK:
        return std::string(entry.kk);
      default:
        return std::string(entry.en);
    }
  }
  return std::string(key);
}

std::vector<std::string> FormWordKeys() {
  std::vector<std::string> keys;
  for (const Entry& entry : kEntries) keys.push_back(std::string(entry.key));
  return keys;
}

}  // namespace tamga::readmission
