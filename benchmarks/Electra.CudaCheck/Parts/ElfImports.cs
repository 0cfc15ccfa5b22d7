using System.Text;

namespace Electra.CudaCheck.Parts;

/// <summary>Reads from an ELF64 image which symbols it takes from other libraries.</summary>
internal static class ElfImports
{
    private const uint DynamicSymbols = 11; // SHT_DYNSYM
    private const int SymbolSize = 24;
    private const int Global = 1;           // STB_GLOBAL; weak ones may be absent

    /// <summary>The names of the symbols that must be found.</summary>
    public static IEnumerable<string> Required(byte[] elf)
    {
        int sections = (int)BitConverter.ToInt64(elf, 40), sectionSize = BitConverter.ToUInt16(elf, 58);
        for (int i = 0; i < BitConverter.ToUInt16(elf, 60); i++)
        {
            int section = sections + (i * sectionSize);
            if (BitConverter.ToUInt32(elf, section + 4) != DynamicSymbols) continue;
            int symbols = (int)BitConverter.ToInt64(elf, section + 24), size = (int)BitConverter.ToInt64(elf, section + 32);
            int names = (int)BitConverter.ToInt64(elf, sections + ((int)BitConverter.ToUInt32(elf, section + 40) * sectionSize) + 24);
            for (int symbol = symbols; symbol < symbols + size; symbol += SymbolSize)
            {
                bool isDefinedHere = BitConverter.ToUInt16(elf, symbol + 6) != 0;
                if (isDefinedHere || elf[symbol + 4] >> 4 != Global) continue;
                int start = names + (int)BitConverter.ToUInt32(elf, symbol);
                yield return Encoding.ASCII.GetString(elf, start, Array.IndexOf(elf, (byte)0, start) - start);
            }
        }
    }
}
